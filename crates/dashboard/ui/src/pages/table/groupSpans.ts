import type { TableField } from "../../api/tables";
import { isNumeric } from "./values";

/**
 * How the heading of a group shares out the columns: its label has the way to the record, the first field and those up to
 * the next number; behind it each column has a cell, with a total where it is a number's.
 */
export function groupSpans(
  fields: readonly TableField[],
  mayWrite: boolean,
): { label: number; totals: (TableField | null)[] } {
  const number = fields.findIndex((field, at) => at > 0 && isNumeric(field));
  const labelled = number < 0 ? fields.length : number;
  const rest = fields.slice(labelled).map((field) => (isNumeric(field) ? field : null));
  // The last column, which deletes, has no total; a label that reaches so far takes it, too.
  if (rest.length === 0) return { label: 1 + labelled + (mayWrite ? 1 : 0), totals: [] };
  return { label: 1 + labelled, totals: mayWrite ? [...rest, null] : rest };
}
