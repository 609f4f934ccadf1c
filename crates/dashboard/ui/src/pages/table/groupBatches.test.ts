import { expect, test } from "vitest";
import { exactJson } from "../../api/exactJson";
import type { GroupKey } from "../../api/recordGroups";
import type { TableField } from "../../api/tables";
import { batchesOf, conditionOfAll, groupOf } from "./groupBatches";

const counts = (...all: [GroupKey, number][]) => all.map(([key, count]) => ({ key, count }));
const field = (field_type: TableField["field_type"]) => ({ id: "f", field_type }) as TableField;

test("neighbours are read together as far as they fit on a page", () => {
  expect(batchesOf(counts(["a", 40], ["b", 60], ["c", 1], ["d", 250], ["e", 3], [null, 2]))).toEqual([
    { first: 0, end: 2 },
    { first: 2, end: 3 },
    { first: 3, end: 4 },
    { first: 4, end: 5 },
    { first: 5, end: 6 },
  ]);
  expect(batchesOf([])).toEqual([]);
  const many = Array.from({ length: 120 }, (_, at): [GroupKey, number] => [String(at), 1]);
  expect(batchesOf(counts(...many)).map(({ first, end }) => end - first)).toEqual([50, 50, 20]);
});

test("they are asked for by their values, or by the days from the first to the last", () => {
  const text = (by: "month" | null, keys: GroupKey[], type: TableField["field_type"]) =>
    exactJson(conditionOfAll({ field: "f", by }, keys, field(type)));
  expect(text(null, ["a", "b"], "TEXT")).toBe('{"field":"f","op":"in","value":["a","b"]}');
  expect(text(null, ["1.50", "2"], "NUMBER")).toBe('{"field":"f","op":"in","value":[1.50,2]}');
  expect(text(null, ["a"], "TEXT")).toBe('{"field":"f","op":"eq","value":"a"}');
  expect(text(null, [null], "TEXT")).toBe('{"field":"f","op":"is_null","value":true}');
  const months = ["2026-05-01", "2026-02-01"];
  expect(text("month", months, "DATE")).toBe('{"field":"f","op":"between","value":["2026-02-01","2026-05-31"]}');
});

test("a record is known to be of a group by its value", () => {
  const of = (by: "month" | "week" | "day" | null, type: TableField["field_type"], value: unknown) =>
    groupOf({ field: "f", by }, field(type), value, "America/Lima");
  expect(of(null, "NUMBER", "1.50")).toBe(of(null, "NUMBER", "1.5"));
  expect(of(null, "NUMBER", "100")).not.toBe(of(null, "NUMBER", "1"));
  expect(of(null, "TEXT", "1.50")).not.toBe(of(null, "TEXT", "1.5"));
  expect(of(null, "TEXT", "")).not.toBe(of(null, "TEXT", null));
  expect(of(null, "BOOLEAN", true)).toBe(of(null, "BOOLEAN", true));
  expect(of("month", "DATE", "2026-05-31")).toBe(of("month", "DATE", "2026-05-01"));
  // In Lima it is still April.
  expect(of("month", "DATETIME", "2026-05-01T03:00:00Z")).toBe(of("month", "DATE", "2026-04-01"));
  expect(of("week", "DATE", "2026-12-06")).toBe(of("week", "DATE", "2026-11-30"));
  expect(of("week", "DATE", "2026-12-07")).toBe("=2026-12-07");
  expect(of("week", "DATE", "1969-12-31")).toBe("=1969-12-29");
});
