import { expect, it } from "vitest";
import { addDays } from "../../../format/dates";
import { farDays } from "./farDays";
import type { PreviewDay } from "./previewDays";

const daysOf = (values: readonly number[], outcome: PreviewDay["outcome"] = "new"): PreviewDay[] =>
  values.map((then, at) => ({ day: addDays("2026-10-01", at), now: null, then, outcome }));

it("tells a day that has a digit too many, with the days beside it", () => {
  const found = farDays(daysOf([20_300, 20_335, 1_020_362, 20_418, 20_440]));
  expect(found.map(({ day, value, before, after, isMore }) => [day, value, before, after, isMore])).toEqual([
    ["2026-10-03", 1_020_362, 20_335, 20_418, true],
  ]);
  expect(Math.round(found[0]?.times ?? 0)).toBe(50);
});

it("tells a day that lacks a digit, also at the ends", () => {
  expect(farDays(daysOf([2_030, 20_335, 20_362, 20_418])).map(({ day, isMore }) => [day, isMore])).toEqual([
    ["2026-10-01", false],
  ]);
  expect(farDays(daysOf([20_300, 20_335, 20_362, 204_418])).map(({ day }) => day)).toEqual(["2026-10-04"]);
});

it("says nothing of growth, of small accounts, of days that are stored already, and where few days tell", () => {
  expect(farDays(daysOf([100, 200, 400, 800, 1_600, 3_200]))).toEqual([]);
  expect(farDays(daysOf([0, 1, 1, 40, 60]))).toEqual([]);
  expect(farDays(daysOf([20_300, 20_335, 1_020_362, 20_418], "unchanged"))).toEqual([]);
  expect(farDays(daysOf([20, 20_000]))).toEqual([]);
});
