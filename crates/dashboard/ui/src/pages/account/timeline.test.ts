import { describe, expect, it } from "vitest";
import type { Daily } from "../../api/daily";
import type { PathRow } from "../../api/forecasts";
import { bandOutlines } from "../../charts/geometry";
import { dayNumber } from "../../format/dates";
import { comparisonOf, firstSeen, recentPosts, roundGoal, scaled, timelineOf, viewOf, type Timeline } from "./timeline";

const daily = (days: [string, number, boolean?][]): Daily => ({
  cuenta: "a",
  zona_horaria: "America/Lima",
  from: "2026-11-01",
  to: "2026-11-30",
  data_until: null,
  days: days.map(([fecha, seguidores, complete = true]) => ({ fecha, seguidores, tweets: 2, complete })),
});
const row = (fecha: string, horizon_days: number, prediction: number): PathRow => ({
  fecha,
  horizon_days,
  prediction,
  intervals: [
    { level: 80, lower: prediction - 2, upper: prediction + 2 },
    { level: 95, lower: prediction - 5, upper: prediction + 5 },
  ],
  baseline: prediction - 1,
});
const made = (days: [string, number, boolean?][], rows: PathRow[] = []): Timeline => {
  const timeline = timelineOf(daily(days), rows);
  if (!timeline) throw new Error("nothing was observed");
  return timeline;
};

describe("history and forecast on one axis", () => {
  it("has every day, and null where nothing was observed", () => {
    const timeline = made([
      ["2026-11-01", 10],
      ["2026-11-04", 13],
    ]);
    expect(timeline.days).toHaveLength(4);
    expect(timeline.history).toEqual([10, null, null, 13]);
    expect(timeline.firstForecast).toBeNull();
  });

  it("hangs the bands on the last observation that the forecast knew", () => {
    const timeline = made(
      [
        ["2026-11-01", 10],
        ["2026-11-02", 11],
      ],
      [row("2026-11-03", 1, 12), row("2026-11-04", 2, 13)],
    );
    expect(timeline.forecast).toEqual([null, 11, 12, 13]);
    const [outline, ...others] = bandOutlines(timeline.days, timeline.band80.lower, timeline.band80.upper);
    expect(others).toEqual([]);
    expect(outline?.map(([, value]) => value)).toEqual([11, 14, 15, 11, 10, 11]);
  });

  it("shows the forecast of an older model together with what came since", () => {
    const timeline = made(
      [
        ["2026-11-01", 10],
        ["2026-11-02", 11],
        ["2026-11-03", 15],
      ],
      [row("2026-11-02", 1, 10), row("2026-11-03", 2, 10)],
    );
    expect(timeline.history).toEqual([10, 11, 15]);
    expect(timeline.forecast).toEqual([10, 10, 10]);
    expect(timeline.days).toHaveLength(3);
  });

  it("keeps a day that is not over out of the history", () => {
    const timeline = made([
      ["2026-11-01", 10],
      ["2026-11-02", 11, false],
    ]);
    expect(timeline.history).toEqual([10, null]);
    expect(timeline.unfinished).toEqual({ day: dayNumber("2026-11-02"), value: 11 });
  });

  it("is nothing where nothing was observed", () => expect(timelineOf(daily([]), [])).toBeNull());
});

describe("what of it is in view", () => {
  const days = Array.from({ length: 60 }, (_, at): [string, number] => [
    new Date(Date.UTC(2026, 8, 1 + at)).toISOString().slice(0, 10),
    100 + at,
  ]);
  const timeline = made(days, [row("2026-10-31", 1, 160)]);
  const at = (day: string) => dayNumber(day);

  it("begins so many days before the last observation, and never before the first", () => {
    expect(viewOf(timeline, "30")).toEqual([at("2026-09-30"), at("2026-10-31")]);
    expect(viewOf(timeline, "365")).toEqual([at("2026-09-01"), at("2026-10-31")]);
  });

  it("is compared with the equal period before, moved onto it", () => {
    const compared = comparisonOf(timeline, [at("2026-10-01"), at("2026-10-31")]);
    expect(compared).toMatchObject({ by: 30, from: at("2026-09-01"), to: at("2026-09-30") });
    expect(compared?.values[30]).toBe(100);
    expect(compared?.values[59]).toBe(129);
    expect(compared?.values[60]).toBeNull();
  });

  it("is not compared where nothing was observed before", () => {
    expect(comparisonOf(timeline, viewOf(timeline, "all"))).toBeNull();
  });

  it("ends its comparison before a day that is not over", () => {
    const open = made([...days, ["2026-10-31", 90, false]]);
    expect(comparisonOf(open, [at("2026-10-01"), at("2026-10-31")])?.to).toBe(at("2026-09-30"));
  });

  it("counts an index from the first value in view", () => {
    expect(firstSeen(timeline.days, timeline.history, [at("2026-09-11"), at("2026-10-31")])).toBe(110);
    expect(firstSeen(timeline.days, timeline.history, [at("2027-01-01"), at("2027-02-01")])).toBeNull();
    expect(scaled([50, null, 75], 2)).toEqual([100, null, 150]);
  });

  it("takes the recent posts from the days of which they are known", () => expect(recentPosts(timeline)).toBe(2));
});

it.each([
  [242_292, 12_000, 250_000],
  [342_046, 6_400, 345_000],
  [250_000, 9_000, 255_000],
  [87, 4, 88],
  [0, 0, 1],
  [1_000, -50, 1_020],
])("a first goal above %i, for a gain of %i, is %i", (value, gain, goal) => expect(roundGoal(value, gain)).toBe(goal));
