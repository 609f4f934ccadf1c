import { expect, test } from "vitest";
import type { TableField } from "../../../api/tables";
import { columnsIn, columnsText } from "../conditions";
import { columnsAfter, columnsMoved } from "./columns";

const [a, b, c] = ["a", "b", "c"].map((id) => ({ id, name: id })) as [TableField, TableField, TableField];
const fields = [a, b, c];

test("a column is hidden, and comes back behind the field before it", () => {
  expect(columnsAfter(fields, b, fields)).toEqual([a, c]);
  expect(columnsAfter([a, c], b, fields)).toEqual(fields);
  expect(columnsAfter([c, a], b, fields)).toEqual([c, a, b]);
  expect(columnsAfter([c], a, fields)).toEqual([a, c]);
});

test("the last column stays", () => {
  expect(columnsAfter([b], b, fields)).toEqual([b]);
});

test("the address names columns unless they are all, in their order", () => {
  const read = (text: string) => columnsIn(new URLSearchParams({ fields: text }), fields);
  expect(columnsText([c, a], fields)).toBe("c,a");
  expect(columnsText(fields, fields)).toBe("");
  expect(read("c,a,gone,c")).toEqual([c, a]);
  expect(read("gone")).toBe(fields);
  expect(read("")).toBe(fields);
});

test("a column is moved to the place of another, and none beyond the ends", () => {
  expect(columnsMoved(fields, a, 2)).toEqual([b, c, a]);
  expect(columnsMoved(fields, c, 0)).toEqual([c, a, b]);
  expect(columnsMoved(fields, b, 2)).toEqual([a, c, b]);
  expect(columnsMoved(fields, a, -1)).toBe(fields);
  expect(columnsMoved(fields, c, 3)).toBe(fields);
  expect(columnsMoved([a, c], b, 0)).toEqual([a, c]);
});
