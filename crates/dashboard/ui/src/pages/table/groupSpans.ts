import type { TableField } from "../../api/tables";
import { isNumeric } from "./values";

/**
 * How the heading of a group shares out the columns of fields: its label has the first one and those up to the next number;
 * behind it each column has a cell, with a total where it is a number's.
 */
export function groupSpans(fields: readonly TableField[]): { label: number; totals: (TableField | null)[] } {
  const number = fields.findIndex((field, at) => at > 0 && isNumeric(field));
  const label = number < 0 ? fields.length : number;
  return { label, totals: fields.slice(label).map((field) => (isNumeric(field) ? field : null)) };
}
