import { expect, test } from "vitest";
import type { TableField } from "../../api/tables";
import { changesBetween } from "./revisionChanges";

const [a, b] = [{ id: "a" }, { id: "b" }] as [TableField, TableField];

test("a change tells what was and what is", () => {
  const told = changesBetween([a, b], { data: { a: "2.50", b: true } }, { data: { a: "2.5", b: true } });
  expect(told).toEqual([{ field: a, before: "2.5", after: "2.50" }]);
});

test("the first one tells every value that it began with", () => {
  expect(changesBetween([a, b], { data: { a: "1", b: null } }, undefined)).toEqual([
    { field: a, before: null, after: "1" },
  ]);
});

test("a field that came later changed nothing", () => {
  expect(changesBetween([a, b], { data: { a: "1", b: null } }, { data: { a: "1" } })).toEqual([]);
});
