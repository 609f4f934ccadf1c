import { expect, test } from "vitest";
import { GroupLines } from "./groupLines";

// Heading 0, records 1 and 2; heading 3 of a closed one; heading 4, record 5; heading 6 of a closed one.
const lines = new GroupLines([2, 0, 1, 0]);

test("a line is a heading, or a record of its group", () => {
  expect(lines.count).toBe(7);
  expect(lines.places).toBe(3);
  expect([0, 1, 2, 3, 4, 5, 6].map((line) => lines.at(line))).toEqual([
    { group: 0, place: null },
    { group: 0, place: 0 },
    { group: 0, place: 1 },
    { group: 1, place: null },
    { group: 2, place: null },
    { group: 2, place: 0 },
    { group: 3, place: null },
  ]);
  expect(lines.at(7)).toBeNull();
  expect(lines.at(-1)).toBeNull();
});

test("what is selected over headings is the records between", () => {
  expect(lines.placesIn(1, 5)).toEqual({ first: 0, end: 3 });
  expect(lines.placesIn(2, 4)).toEqual({ first: 1, end: 2 });
  expect(lines.placesIn(3, 4)).toEqual({ first: 2, end: 2 });
  expect(lines.placesIn(5, 6)).toEqual({ first: 2, end: 3 });
  expect(lines.placesIn(0, 6)).toEqual({ first: 0, end: 3 });
});

test("records of places are asked for group by group", () => {
  expect(lines.partsOf({ first: 1, end: 3 })).toEqual([
    { group: 0, first: 1, end: 2 },
    { group: 2, first: 0, end: 1 },
  ]);
  expect(lines.partsOf({ first: 0, end: 2 })).toEqual([{ group: 0, first: 0, end: 2 }]);
  expect(lines.partsOf({ first: 3, end: 9 })).toEqual([]);
  expect(lines.partsOf({ first: 2, end: 2 })).toEqual([]);
});

test("no groups are no lines", () => {
  const none = new GroupLines([]);
  expect([none.count, none.places, none.at(0)]).toEqual([0, 0, null]);
  expect(none.placesIn(0, 0)).toEqual({ first: 0, end: 0 });
});

test("a million records in two groups are found without a list of them", () => {
  const many = new GroupLines([600_000, 400_000]);
  expect(many.at(600_001)).toEqual({ group: 1, place: null });
  expect(many.at(1_000_001)).toEqual({ group: 1, place: 399_999 });
});
