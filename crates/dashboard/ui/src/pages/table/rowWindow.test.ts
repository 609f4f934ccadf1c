import { expect, test } from "vitest";
import { rowsBetween, runsOf } from "./rowWindow";

test("of many rows those in view are drawn, and some around them", () => {
  expect(rowsBetween(0, 600, 40, 100_000)).toEqual({ first: 0, end: 24 });
  expect(rowsBetween(4_000, 4_600, 40, 100_000)).toEqual({ first: 90, end: 126 });
  expect(rowsBetween(3_999_400, 4_000_000, 40, 100_000)).toEqual({ first: 99_978, end: 100_000 });
});

test("after rows were deleted nothing is drawn that there is not", () => {
  expect(rowsBetween(4_000, 4_600, 40, 3)).toEqual({ first: 3, end: 3 });
});

test("a row that has the focus stays drawn where it is", () => {
  expect(runsOf({ first: 90, end: 130 }, [2], 1000)).toEqual([
    { skipped: 2, first: 2, end: 3 },
    { skipped: 87, first: 90, end: 130 },
  ]);
  expect(runsOf({ first: 0, end: 30 }, [29, 30, 2000], 1000)).toEqual([{ skipped: 0, first: 0, end: 31 }]);
});
