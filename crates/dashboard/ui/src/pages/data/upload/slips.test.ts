import { expect, it } from "vitest";
import type { Trial } from "../../../api/observations";
import { neighboursOf, slipOf } from "./slips";

it("tells letters among digits, decimals and a minus", () => {
  expect(slipOf("1O20362")).toEqual({ kind: "letter", letter: "O", digit: "0" });
  expect([slipOf("l2")?.kind, slipOf("12a")?.kind]).toEqual(["letter", "letters"]);
  expect([slipOf("12.5")?.kind, slipOf("-12")?.kind]).toEqual(["decimal", "minus"]);
  expect([slipOf("1,234"), slipOf("many"), slipOf("")]).toEqual([null, null, null]);
});

it("finds the days around a line", () => {
  const trial = {
    columns: ["fecha", "seguidores"],
    mapping: [{ header: "fecha", field: "hora" }],
    formats: [],
    preview: [
      { fecha: "2026-03-04", seguidores: 10 },
      { fecha: "2026-03-07", seguidores: 12 },
    ],
  } as unknown as Trial;
  const line = { line: 3, text: "2026-03-05,1O", problems: [] };
  expect(neighboursOf(line, trial)).toEqual({
    before: { day: "2026-03-04", value: 10 },
    after: { day: "2026-03-07", value: 12 },
  });
  expect(neighboursOf({ ...line, text: "x,1O" }, trial)).toBeNull();
});
