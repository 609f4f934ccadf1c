import { expect, it } from "vitest";
import type { Trial } from "../../../api/observations";
import { dayOfLine, neighboursOf, slipOf } from "./slips";

it("tells letters among digits, decimals and a minus", () => {
  expect(slipOf("1O20362")).toEqual({ kind: "letter", letter: "O" });
  expect([slipOf("l2")?.kind, slipOf("12abc")?.kind]).toEqual(["letter", "letters"]);
  expect([slipOf("12.5")?.kind, slipOf("-12")?.kind]).toEqual(["decimal", "minus"]);
  expect([slipOf("1,234"), slipOf("many"), slipOf("")]).toEqual([null, null, null]);
});

it("tells the day of a line, and the days around it", () => {
  const trial = {
    columns: ["fecha", "seguidores"],
    mapping: [{ header: "fecha", field: "hora" }],
    formats: [],
  } as unknown as Trial;
  const line = { line: 3, text: "2026-03-05,1O", problems: [] };
  expect(dayOfLine(line, trial)).toBe("2026-03-05");
  expect(dayOfLine({ ...line, text: "x,1O" }, trial)).toBeNull();
  const values = new Map([
    ["2026-03-04", 10],
    ["2026-03-07", 12],
  ]);
  expect(neighboursOf("2026-03-05", values)).toEqual({
    before: { day: "2026-03-04", value: 10 },
    after: { day: "2026-03-07", value: 12 },
  });
  expect(neighboursOf("2026-05-05", values)).toBeNull();
});
