import { expect, it } from "vitest";
import { dayNumber, dayOf } from "../../format/dates";
import type { Format } from "../../format/useFormat";
import { es } from "../../i18n/es";
import { extraColumns, goalNotes } from "./extraColumns";
import { comparisonOf, timelineOf } from "./timeline";

const plain = (value: number | null | undefined) => String(value);
const f = { number: plain, signed: plain, percent: plain, shortDay: (day: string) => day } as unknown as Format;
const FIRST = "2026-11-01";
const at = (days: number) => dayOf(dayNumber(FIRST) + days);
const days = [10, 20, 40, 50, 60, 30].map((seguidores, place) => ({
  ...{ fecha: at(place), seguidores },
  ...{ tweets: null, complete: place < 5 },
}));
const timeline = timelineOf({ cuenta: "a", zona_horaria: "UTC", from: "", to: "", data_until: null, days }, [
  { fecha: at(6), horizon_days: 1, prediction: 80, intervals: [], baseline: 70 },
]);
if (!timeline) throw new Error("nothing was observed");
const nothing = { timeline, comparison: null, index: null, indexBefore: null, goal: null, t: es, f };
const cells = (part: Partial<typeof nothing>) =>
  extraColumns({ ...nothing, ...part }).map(({ key, read }) => [key, [3, 4, 5, 6].map(read)]);

it("has no column for what the chart does not draw", () => expect(extraColumns(nothing)).toEqual([]));

it("has the index of what is observed, so far or whole, and of what is forecast", () => {
  expect(cells({ index: 2 } as object)).toEqual([["index", ["100", "120", "60", "160"]]]);
});

it("has the period before with the day that each value is of, and its own index", () => {
  const comparison = comparisonOf(timeline, [dayNumber(at(3)), dayNumber(at(6))]);
  expect(cells({ comparison } as object)).toEqual([["before", [`20 (${at(1)})`, `40 (${at(2)})`, "", ""]]]);
  expect(cells({ comparison, index: 2, indexBefore: 5 } as object).map(([key]) => key)).toEqual([
    "index",
    "before",
    "beforeIndex",
  ]);
  expect(cells({ comparison, index: 2, indexBefore: 5 } as object)[2]).toEqual(["beforeIndex", ["100", "200", "", ""]]);
});

it("has the distance to the goal, and marks its dates", () => {
  expect(cells({ goal: 75 } as object)).toEqual([["goal", ["-25", "-15", "-45", "5"]]]);
  const dates = { p10: at(6), p50: at(9), p90: null } as unknown as Parameters<typeof goalNotes>[1];
  expect(goalNotes(dayNumber(at(6)), dates, es, f)).toEqual(["meta: lo más temprano (80)"]);
  expect(goalNotes(dayNumber(at(9)), dates, es, f)).toEqual(["meta: tan probable antes como después"]);
  expect(goalNotes(dayNumber(at(7)), dates, es, f)).toEqual([]);
});
