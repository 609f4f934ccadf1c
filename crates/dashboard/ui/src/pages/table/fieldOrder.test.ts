import { expect, test } from "vitest";
import type { TableField } from "../../api/tables";
import { moved, placesOf } from "./fieldOrder";

const field = (id: string, display_order: number) => ({ id, display_order }) as TableField;
const told = (fields: TableField[]) => placesOf(fields).map(({ field, patch }) => [field, patch.display_order]);

test("an item is moved and the others keep their order", () => {
  expect(moved(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
  expect(moved(["a", "b", "c", "d"], 3, 0)).toEqual(["d", "a", "b", "c"]);
});

test("neighbours that change places are two changes, whatever numbers they have", () => {
  const fields = [field("a", 1), field("b", 4), field("c", 9)];
  expect(told(moved(fields, 1, 2))).toEqual([
    ["c", 4],
    ["b", 9],
  ]);
});

test("fields of the same place are numbered anew", () => {
  expect(told([field("a", 1), field("b", 1), field("c", 2)])).toEqual([
    ["b", 2],
    ["c", 3],
  ]);
});

test("an order that is there needs no change", () => {
  expect(told([field("a", 1), field("b", 2)])).toEqual([]);
});
