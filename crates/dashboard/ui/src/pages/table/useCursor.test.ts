import { expect, test } from "vitest";
import { placeAfter } from "./useCursor";

const press = (key: string, ctrlKey = false) =>
  placeAfter({ key, ctrlKey, metaKey: false }, { row: 1, column: 1 }, 3, 4);

test("arrows move by one cell, with Ctrl to the end", () => {
  expect(press("ArrowDown")).toEqual({ row: 2, column: 1 });
  expect(press("ArrowLeft")).toEqual({ row: 1, column: 0 });
  expect(press("ArrowDown", true)).toEqual({ row: 2, column: 1 });
  expect(press("ArrowRight", true)).toEqual({ row: 1, column: 3 });
  expect(press("End", true)).toEqual({ row: 2, column: 3 });
});

test("nothing leads out of the grid, and other keys lead nowhere", () => {
  expect(press("PageDown")).toEqual({ row: 2, column: 1 });
  expect(press("PageUp")).toEqual({ row: 0, column: 1 });
  expect(press("a")).toBeNull();
});
