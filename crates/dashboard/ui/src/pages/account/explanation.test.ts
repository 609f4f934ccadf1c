import { expect, it } from "vitest";
import { stretchOf, wholeParts } from "./explanation";

it("adds up to the rounded forecast, whatever the fractions are", () => {
  const first = 241_372.4;
  const parts = [
    ["trend", 36.428],
    ["weekday", -7.357],
    ["activity", 0.4],
    ["correction", -5.893],
  ] as const;
  const whole = wholeParts(first, parts);
  const sum = whole.reduce((total, part) => total + part.value, Math.round(first));
  expect(sum).toBe(Math.round(parts.reduce((total, [, value]) => total + value, first)));
});

it("gives small parts a scale of their own, and lets each bar start where the last of its scale ended", () => {
  const whole = wholeParts(0, [
    ["trend", 12_000],
    ["weekday", 6],
    ["activity", -40],
    ["correction", -2_000],
  ]);
  expect(whole.map((part) => [part.key, part.isSmall, part.start])).toEqual([
    ["trend", false, 0],
    ["weekday", true, 0],
    ["activity", true, 6],
    ["correction", false, 12_000],
  ]);
  expect(stretchOf(whole, false)).toEqual([0, 12_000]);
  expect(stretchOf(whole, true)).toEqual([-34, 6]);
});

it("draws nothing out of proportion where all parts are nought", () => {
  const whole = wholeParts(5, [["trend", 0]]);
  expect(whole[0]?.isSmall).toBe(false);
  expect(stretchOf(whole, false)).toEqual([0, 1]);
});
