import { describe, expect, it } from "vitest";
import { dayNumber } from "../../../format/dates";
import { dayTicks, isAboveZero, mergeDays, pathsOf, scaleOf, spanAround, valueTicks } from "./previewDays";

const added = { fecha: "2026-11-27", seguidores: 130, stored: null, outcome: "new" as const };
const changed = { fecha: "2026-11-25", seguidores: 90, stored: 100, outcome: "changed" as const };
const stored = [
  { fecha: "2026-11-24", seguidores: 95 },
  { fecha: "2026-11-25", seguidores: 100 },
  { fecha: "2026-11-26", seguidores: 110 },
];

describe("spanAround", () => {
  it("shows some days before and after those that change", () => {
    expect(spanAround([changed, added])).toEqual({ from: "2026-09-26", to: "2027-01-26" });
  });

  it("is nothing where no day changes", () => {
    expect(spanAround([])).toBeNull();
  });

  it("asks for no more days than are given at once", () => {
    const span = spanAround([{ ...changed, fecha: "2001-01-01" }, added]);
    expect(span && dayNumber(span.to) - dayNumber(span.from) + 1).toBe(4_000);
  });
});

describe("mergeDays", () => {
  it("puts what would change over what is stored, in order", () => {
    const days = mergeDays(stored, [changed, added]);
    expect(days.map(({ day, now, then, outcome }) => [day.slice(8), now, then, outcome])).toEqual([
      ["24", 95, 95, "unchanged"],
      ["25", 100, 90, "changed"],
      ["26", 110, 110, "unchanged"],
      ["27", null, 130, "new"],
    ]);
  });
});

describe("scaleOf", () => {
  const frame = { left: 50, right: 450, top: 10, bottom: 210 };

  it("spans the days and the values", () => {
    const scale = scaleOf(mergeDays(stored, [changed, added]), frame);
    expect([scale.x("2026-11-24"), scale.x("2026-11-27")]).toEqual([50, 450]);
    expect(scale.values).toEqual([80, 100, 120, 140]);
    expect([scale.y(80), scale.y(140)]).toEqual([210, 10]);
  });

  it("stands one day alone without dividing by nought", () => {
    const days = mergeDays([], [added]);
    const scale = scaleOf(days, frame);
    expect(Number.isFinite(scale.x(added.fecha)) && Number.isFinite(scale.y(130))).toBe(true);
    expect(pathsOf(days, scale).alone).toHaveLength(1);
  });

  it("draws what changes joined to its neighbours, and what stays not", () => {
    const days = mergeDays(stored, [added]);
    const { now, then } = pathsOf(days, scaleOf(days, frame));
    expect(now.match(/[ML]/g)).toEqual(["M", "L", "L"]);
    expect(then.match(/M/g)).toHaveLength(1);
  });
});

describe("the axes", () => {
  it("has round values around all", () => {
    expect(valueTicks(139_800, 157_700)).toEqual([130_000, 140_000, 150_000, 160_000]);
    expect(valueTicks(0, 3)).toEqual([0, 1, 2, 3]);
    expect(valueTicks(5, 5)).toEqual([5, 6]);
  });

  it("says when it begins above nought", () => {
    expect(isAboveZero(mergeDays(stored, []))).toBe(true);
    expect(isAboveZero(mergeDays([{ fecha: "2026-11-24", seguidores: 0 }, ...stored.slice(1)], []))).toBe(false);
  });

  it("names days, months or years, as many as have room", () => {
    const ticks = (from: string, to: string, most: number) => dayTicks(dayNumber(from), dayNumber(to), most);
    expect(ticks("2026-11-20", "2026-11-27", 4).ticks).toEqual([
      "2026-11-20",
      "2026-11-22",
      "2026-11-24",
      "2026-11-26",
    ]);
    expect(ticks("2026-07-21", "2026-11-27", 5).ticks).toEqual([
      "2026-08-01",
      "2026-09-01",
      "2026-10-01",
      "2026-11-01",
    ]);
    expect(ticks("2016-01-01", "2026-11-27", 6).unit).toBe("year");
  });
});
