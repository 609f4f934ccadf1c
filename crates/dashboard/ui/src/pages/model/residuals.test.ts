import { expect, test } from "vitest";
import type { PastForecast } from "../../api/models";
import { residuals, runs, tick } from "./residuals";

const past = (fecha: string, actual: number): PastForecast => ({
  fecha,
  actual,
  prediction: 100,
  lower: 90,
  upper: 115,
  baseline: 104,
});

test("days are told as differences from what was forecast", () => {
  const data = residuals([past("2026-11-01", 108), past("2026-11-02", 80)]);
  expect(data?.days.map(({ difference, lower, upper, isInside }) => [difference, lower, upper, isInside])).toEqual([
    [8, -10, 15, true],
    [-20, -10, 15, false],
  ]);
  expect(data).toMatchObject({ inside: 1, span: 1, reach: 20, mae: 14, baselineMae: 14 });
});

test("a value on a bound is inside", () => {
  expect(residuals([past("2026-11-01", 90)])?.inside).toBe(1);
});

test("without days there is nothing to draw", () => {
  expect(residuals([])).toBeNull();
});

test("a band is not drawn across days that are missing", () => {
  const data = residuals(["2026-11-01", "2026-11-02", "2026-11-05"].map((fecha) => past(fecha, 100)));
  expect(runs(data?.days ?? []).map((run) => run.map((day) => day.at))).toEqual([[0, 1], [4]]);
});

test("ticks are round and at most two to either side", () => {
  expect([1, 9, 20, 58, 430].map(tick)).toEqual([1, 5, 10, 50, 200]);
  for (const reach of [1, 3, 7, 12, 44, 58, 430, 9_999]) expect(reach / tick(reach)).toBeLessThan(3);
});
