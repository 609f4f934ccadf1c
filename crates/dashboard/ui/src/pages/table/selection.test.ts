import { expect, test } from "vitest";
import { aimedAt, rangeOf } from "./selection";

test("a range has its corners in order, and no column that is none of a field", () => {
  expect(rangeOf({ row: 5, column: 0 }, { row: 2, column: 9 }, 3)).toEqual({ top: 2, bottom: 5, left: 1, right: 3 });
});

test("cells are pasted from the upper left corner on; what lies outside is counted", () => {
  const at = { top: 1, bottom: 1, left: 2, right: 2 };
  const pasted = [
    ["a", "b"],
    ["c", "d"],
  ];
  expect(aimedAt(at, pasted, 2, 3)).toEqual({
    cells: [
      { row: 1, column: 2, text: "a" },
      { row: 1, column: 3, text: "b" },
    ],
    lost: 2,
  });
});

test("one cell fills the selection, and one row every selected row", () => {
  const at = { top: 0, bottom: 1, left: 1, right: 2 };
  expect(aimedAt(at, [["x"]], 9, 9).cells.map(({ row, column }) => `${row}:${column}`)).toEqual([
    "0:1",
    "0:2",
    "1:1",
    "1:2",
  ]);
  expect(aimedAt(at, [["x", "y"]], 9, 9).cells.map(({ text }) => text)).toEqual(["x", "y", "x", "y"]);
});
