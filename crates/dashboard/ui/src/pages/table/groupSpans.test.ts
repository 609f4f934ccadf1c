import { expect, test } from "vitest";
import type { TableField } from "../../api/tables";
import { groupSpans } from "./groupSpans";

const field = (id: string, field_type: TableField["field_type"]) => ({ id, field_type }) as TableField;
const [text, number, day] = [field("t", "TEXT"), field("n", "NUMBER"), field("d", "DATE")];

test.each([
  [[text, number, day], 1, [number, null]],
  [[text, day, number], 2, [number]],
  [[number, text], 2, []],
  [[number, number], 1, [number]],
  [[text], 1, []],
] as const)("a heading covers the columns of all fields: %#", (fields, label, totals) => {
  const spans = groupSpans(fields);
  expect(spans).toEqual({ label, totals });
  expect(spans.label + spans.totals.length).toBe(fields.length);
});
