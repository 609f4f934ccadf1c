import { expect, test } from "vitest";
import type { TableField } from "../../api/tables";
import { groupSpans } from "./groupSpans";

const field = (id: string, field_type: TableField["field_type"]) => ({ id, field_type }) as TableField;
const [text, number, day] = [field("t", "TEXT"), field("n", "NUMBER"), field("d", "DATE")];

test.each([
  [[text, number, day], true, 2, [number, null, null]],
  [[text, day, number], false, 3, [number]],
  [[number, text], true, 4, []],
  [[number, number], false, 2, [number]],
  [[text], true, 3, []],
] as const)("a heading covers every column of the sheet: %#", (fields, mayWrite, label, totals) => {
  const spans = groupSpans(fields, mayWrite);
  expect(spans).toEqual({ label, totals });
  expect(spans.label + spans.totals.length).toBe(1 + fields.length + (mayWrite ? 1 : 0));
});
