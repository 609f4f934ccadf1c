import { expect, it } from "vitest";
import type { PathRow } from "../../api/forecasts";
import { addDays } from "../../format/dates";
import { clampedDay, horizonFor, isFarGoal, numberOf } from "./goals";

const all = Array.from({ length: 400 }, (_, at) => ({
  fecha: addDays("2026-11-29", at),
  horizon_days: at + 1,
})) as unknown as PathRow[];
const dates = (p10: number | null, p50: number | null, p90: number | null) => {
  const day = (at: number | null) => (at === null ? null : addDays("2026-11-28", at));
  return { p10: day(p10), p50: day(p50), p90: day(p90) };
};

it("questions a goal of more than a hundred times what there is", () => {
  expect([isFarGoal(2_500_025_000, 22_341), isFarGoal(25_000, 22_341), isFarGoal(101, 0)]).toEqual([true, false, true]);
});

it("reads a number with whatever separates thousands", () => {
  expect([numberOf("25,000"), numberOf("25 000"), numberOf("1.000.000")]).toEqual([25_000, 25_000, 1_000_000]);
  expect([numberOf(""), numberOf("x")]).toEqual([NaN, NaN]);
});

it("leads a chart to the latest date of a goal, and some days on", () => {
  expect(horizonFor(dates(110, 120, 130), all, 90)).toBe(137);
  expect(horizonFor(dates(380, 390, 398), all, 90)).toBe(400);
  expect(horizonFor(dates(380, 390, null), all, 90)).toBe(400);
});

it("leaves a chart that shows it, and one that no forecast leads there", () => {
  expect(horizonFor(dates(70, 80, 88), all, 90)).toBeNull();
  expect(horizonFor(dates(390, null, null), all, 90)).toBeNull();
  expect(horizonFor(dates(380, 390, null), all, 400)).toBeNull();
});

it("takes a day only where the forecast reaches it", () => {
  expect([clampedDay("2026-12-24", all), clampedDay("2026-11-28", all), clampedDay(null, all)]).toEqual([
    "2026-12-24",
    null,
    null,
  ]);
});
