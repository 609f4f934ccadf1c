import { describe, expect, it } from "vitest";
import { bandOutlines, dragged, extent, lonePoints, padded, within, zoomed } from "./geometry";

describe("a band", () => {
  it("is one outline, up along the upper bounds and back along the lower ones", () => {
    expect(bandOutlines([10, 11, 12], [5, 4, 3], [5, 6, 7])).toEqual([
      [
        [10, 5],
        [11, 6],
        [12, 7],
        [12, 3],
        [11, 4],
        [10, 5],
      ],
    ]);
  });

  it("does not reach over days without bounds", () => {
    const outlines = bandOutlines([1, 2, 3, 4, 5], [1, 1, null, 1, 1], [2, 2, 2, 2, 2]);
    expect(outlines.map((outline) => outline.map(([day]) => day))).toEqual([
      [1, 2, 2, 1],
      [4, 5, 5, 4],
    ]);
  });

  it("keeps a day between two gaps", () => {
    expect(bandOutlines([1, 2, 3], [null, 1, null], [null, 3, null])).toEqual([
      [
        [2, 3],
        [2, 1],
      ],
    ]);
  });

  it("is nothing where there are no bounds", () => {
    expect(bandOutlines([1, 2], [null, null], [null, null])).toEqual([]);
    expect(bandOutlines([], [], [])).toEqual([]);
  });
});

describe("a lone point", () => {
  it("has gaps or ends on both sides", () => {
    expect(lonePoints([1, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(lonePoints([null, 0, null])).toEqual([1]);
    expect(lonePoints([7])).toEqual([0]);
    expect(lonePoints([])).toEqual([]);
  });
});

describe("the value axis", () => {
  it("spans the values of the days in view only", () => {
    const lines = [
      [1, 5, 9, null],
      [null, 2, 3, 100],
    ];
    expect(extent([1, 2, 3, 4], lines, [2, 3])).toEqual([2, 9]);
    expect(extent([1, 2, 3, 4], lines, [7, 9])).toBeNull();
  });

  it("leaves room, also around a line of equal values, and starts at 0 when told", () => {
    expect(padded([100, 200], false)).toEqual([93, 207]);
    expect(padded([100, 200], true)).toEqual([0, 207]);
    const [low, high] = padded([50, 50], false);
    expect(low).toBeLessThan(50);
    expect(high).toBeGreaterThan(50);
    expect(padded([0, 0], true)).toEqual([0, 1]);
  });
});

describe("zooming", () => {
  const all = [0, 400] as const;

  it("keeps the day under the pointer where it is", () => {
    expect(zoomed([100, 200], 0.5, 150, all)).toEqual([125, 175]);
    expect(zoomed([100, 200], 0.5, 100, all)).toEqual([100, 150]);
  });

  it("stays within the days that there are, and never shows less than a week", () => {
    expect(zoomed([0, 400], 2, 200, all)).toEqual([0, 400]);
    expect(zoomed([350, 400], 2, 400, all)).toEqual([300, 400]);
    const [from, to] = zoomed([100, 108], 0.1, 104, all);
    expect(to - from).toBe(6);
  });

  it("takes a drag in either direction", () => {
    expect(dragged(60, 20, all)).toEqual([20, 60]);
    expect(dragged(20, 21, all)).toEqual([18, 24]);
    expect(within([390, 430], all)).toEqual([360, 400]);
  });
});
