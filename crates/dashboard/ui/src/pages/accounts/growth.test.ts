import { expect, test } from "vitest";
import type { OverviewRow } from "../../api/overview";
import { addDays } from "../../format/dates";
import { growthAhead, growthByWeek, shareOfChange, WEEKS, wholeCloses } from "./growth";

const closes = (days: number, growth: number) =>
  Array.from({ length: days }, (_, at) => ({ fecha: addDays("2026-08-31", at), seguidores: 1000 + at * growth }));

test("growth a day is the difference of closes seven days apart, the newest week last", () => {
  const weeks = growthByWeek(closes(90, 3));
  expect(weeks).toHaveLength(WEEKS);
  expect(weeks).toEqual(Array.from({ length: WEEKS }, () => 3));
});

test("a week whose closes are absent is unknown and not nought", () => {
  const all = closes(90, 3);
  const last = all.at(-1)?.fecha ?? "";
  const weeks = growthByWeek(all.filter((close) => close.fecha !== addDays(last, -7)));
  expect(weeks.slice(-3)).toEqual([3, null, null]);
});

test("a short history has the weeks that it reaches", () => {
  expect(growthByWeek(closes(15, 2)).filter((week) => week !== null)).toEqual([2, 2]);
  expect(growthByWeek([])).toEqual([]);
});

test("a share of the change before is told only where it cannot mislead", () => {
  expect(shareOfChange({ change: 120, previous: 100 })).toBeCloseTo(0.2);
  expect(shareOfChange({ change: 0, previous: 100 })).toBe(-1);
  expect(shareOfChange({ change: -5, previous: 100 })).toBeNull();
  expect(shareOfChange({ change: 5, previous: 0 })).toBeNull();
  expect(shareOfChange({ change: 5, previous: -10 })).toBeNull();
  expect(shareOfChange({ change: 5, previous: null })).toBeNull();
});

test("what is expected a day keeps its interval around it", () => {
  const forecast = { fecha: "2026-12-28", prediction: 1300, level: 80, lower: 1150, upper: 1450, expected_change: 300 };
  const ahead = growthAhead({ forecast_30: forecast } as unknown as OverviewRow);
  expect(ahead).toEqual({ expected: 10, lower: 5, upper: 15 });
  expect(growthAhead({ forecast_30: null } as unknown as OverviewRow)).toBeNull();
});

test("a day that is not over is not drawn as a fall", () => {
  // The last day has 40 followers of it so far; the whole days gain 70 in seven days.
  const sparkline = [...closes(30, 10), { fecha: "2026-09-30", seguidores: 1250 }];
  const wholeUntil = (until: string | null) =>
    wholeCloses({ sparkline, complete_until: until } as unknown as OverviewRow);

  expect(growthByWeek(wholeUntil("2026-09-29")).at(-1)).toBe(10);
  expect(wholeUntil("2026-09-29").at(-1)?.fecha).toBe("2026-09-29");
  expect(wholeUntil("2026-09-30").at(-1)?.fecha).toBe("2026-09-30");
  expect(wholeUntil(null)).toEqual([]);
});
