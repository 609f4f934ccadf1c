import { expect, test } from "vitest";
import type { Overview } from "../../api/overview";
import { firstStepOf } from "./firstStep";

const overview = (accounts: number, row?: { seguidores: number | null; state: string }) =>
  ({
    totals: { accounts },
    accounts: row ? [{ seguidores: row.seguidores, model: { state: row.state } }] : [],
  }) as unknown as Overview;

test("a new bank is led from the account to its history and to the model", () => {
  expect(firstStepOf(overview(0))).toBe("account");
  expect(firstStepOf(overview(1, { seguidores: null, state: "untrained" }))).toBe("history");
  expect(firstStepOf(overview(1, { seguidores: 10, state: "untrained" }))).toBe("model");
});

test("a bank that has a forecast or several accounts sees its overview", () => {
  expect(firstStepOf(overview(1, { seguidores: 10, state: "baseline" }))).toBeNull();
  expect(firstStepOf(overview(2, { seguidores: null, state: "untrained" }))).toBeNull();
});
