import { expect, test } from "vitest";
import { Digits } from "../../api/exactJson";
import type { Group } from "../../api/recordGroups";
import type { TableField } from "../../api/tables";
import { both, conditionOf, groupingIn, groupingText, inOrder, lastDay } from "./grouping";

const fields = [
  { id: "f1", name: "ciudad", field_type: "TEXT" },
  { id: "f2", name: "día", field_type: "DATE" },
  { id: "f3", name: "-a,b:month", field_type: "CHOICE", choices: ["alta", "baja"] },
] as TableField[];
const [city, , choice] = fields as [TableField, TableField, TableField];

test("the address names the field, and the span of days where it holds days", () => {
  for (const grouping of [
    { field: "f1", by: null },
    { field: "f2", by: "month" },
    { field: "f2", by: "day" },
  ] as const)
    expect(groupingIn(groupingText(grouping, fields), fields)).toEqual(grouping);
  expect(groupingText({ field: "f2", by: "week" }, fields)).toBe("día:week");
  expect(groupingText(null, fields)).toBe("");
  expect(groupingIn("día", fields)).toEqual({ field: "f2", by: "month" });
  expect(groupingIn("ciudad:month", fields)).toEqual({ field: "f1", by: null });
  expect(groupingIn("gone", fields)).toBeNull();
  expect(groupingIn("", fields)).toBeNull();
});

test("a name that looks like one with a span is read as it is", () => {
  const grouping = { field: "f3", by: null };
  expect(groupingIn(groupingText(grouping, fields), fields)).toEqual(grouping);
});

test("a span of days ends before the next one begins", () => {
  expect(lastDay("2026-02-01", "month")).toBe("2026-02-28");
  expect(lastDay("2028-02-01", "month")).toBe("2028-02-29");
  expect(lastDay("2026-12-01", "month")).toBe("2026-12-31");
  expect(lastDay("2026-12-28", "week")).toBe("2027-01-03");
  expect(lastDay("2026-12-28", "day")).toBe("2026-12-28");
});

test("the records of a group are asked for by its value", () => {
  expect(conditionOf({ field: "f1", by: null }, "Lima", "TEXT")).toEqual({ field: "f1", op: "eq", value: "Lima" });
  expect(conditionOf({ field: "f1", by: null }, null, "TEXT")).toEqual({ field: "f1", op: "is_null", value: true });
  expect(conditionOf({ field: "n", by: null }, "1.50", "NUMBER").value).toEqual(new Digits("1.50"));
  expect(conditionOf({ field: "b", by: null }, false, "BOOLEAN").value).toBe(false);
  expect(conditionOf({ field: "f2", by: "month" }, "2026-05-01", "DATE")).toEqual({
    field: "f2",
    op: "between",
    value: ["2026-05-01", "2026-05-31"],
  });
});

test("the filter of the sheet holds in each group, no deeper than it was", () => {
  const [one, other] = [{ field: "a" }, { field: "b" }];
  expect(both(null, other)).toBe(other);
  expect(both(one, other)).toEqual({ and: [one, other] });
  expect(both({ and: [one, one] }, other)).toEqual({ and: [one, one, other] });
  expect(both({ or: [one, one] }, other)).toEqual({ and: [{ or: [one, one] }, other] });
});

const group = (key: Group["key"]): Group => ({ key, count: 1, sums: {} });
const keys = (groups: readonly Group[]) => groups.map(({ key }) => key);

test("groups come in the order of their values, turned where records are, and nothing is last", () => {
  const all = ["Cusco", "Lima", null].map(group);
  expect(keys(inOrder(all, city, false))).toEqual(["Cusco", "Lima", null]);
  expect(keys(inOrder(all, city, true))).toEqual(["Lima", "Cusco", null]);
});

test("choices come as they are offered, and those that are no longer offered behind them", () => {
  expect(keys(inOrder(["alguna", "alta", "baja", null].map(group), choice, false))).toEqual([
    "alta",
    "baja",
    "alguna",
    null,
  ]);
});
