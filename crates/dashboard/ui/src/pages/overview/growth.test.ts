import { expect, test } from "vitest";
import { addDays, dayNumber } from "../../format/dates";
import { daysFrom, indexed, lastDay, lastValue, spread } from "./growth";

const FIRST = "2026-09-01";
const readings = (from: number, values: number[]) =>
  values.map((seguidores, at) => ({ fecha: addDays(FIRST, from + at), seguidores }));
const days = daysFrom(FIRST, addDays(FIRST, 9));

test("the first reading is a hundred, and a day without one is a gap", () => {
  const some = readings(0, [200, 210, 220]).filter((reading) => reading.seguidores !== 210);
  expect(indexed(some, days)?.slice(0, 4)).toEqual([100, null, 110.00000000000001, null]);
});

test("a day that is not over is not drawn as a fall", () => {
  const some = readings(0, [200, 210, 90]).map((reading, at) => ({ ...reading, complete: at < 2 }));
  expect(indexed(some, days)?.slice(0, 4)).toEqual([100, 105, null, null]);
  expect(lastDay([some])).toBe(addDays(FIRST, 1));
});

test("an account that begins some days later is compared, one that begins much later is left out", () => {
  expect(indexed(readings(6, [50, 55]), days)?.slice(6, 8)).toEqual([100, 110.00000000000001]);
  expect(indexed(readings(7, [50, 55]), days)).toBeNull();
  expect(indexed([], days)).toBeNull();
});

test("an account without followers cannot be an index", () => {
  expect(indexed(readings(0, [0, 0, 0]), days)).toBeNull();
});

test("days have no gap and end with the newest reading of all", () => {
  expect(days).toHaveLength(10);
  expect(days[0]).toBe(dayNumber(FIRST));
  expect(lastDay([readings(0, [1, 2]), readings(0, [1, 2, 3]), []])).toBe(addDays(FIRST, 2));
  expect(lastDay([[], []])).toBeNull();
  expect(lastValue([1, 2, null])).toBe(2);
});

test("labels keep their order and their distance", () => {
  const placed = spread([100, 101, 102, 300], 17, [0, 400]);
  expect(placed).toEqual([100, 117, 134, 300]);
  expect(spread([102, 100, 101], 17, [0, 400])).toEqual([134, 100, 117]);
});

test("labels stay within the chart where there is room for all", () => {
  expect(spread([395, 398, 400], 17, [0, 400])).toEqual([366, 383, 400]);
  expect(spread([-20, 5], 17, [0, 400])).toEqual([0, 17]);
  expect(spread([], 17, [0, 400])).toEqual([]);
});
