import type { TableField } from "../../../api/tables";

/** The columns after one is shown or hidden. One that comes back stands behind the field that precedes it in the table. */
export function columnsAfter(
  shown: readonly TableField[],
  field: TableField,
  fields: readonly TableField[],
): readonly TableField[] {
  if (shown.includes(field)) return shown.length > 1 ? shown.filter((one) => one !== field) : shown;
  const before = fields.slice(0, fields.indexOf(field)).filter((one) => shown.includes(one));
  const last = before.at(-1);
  const at = last ? shown.indexOf(last) + 1 : 0;
  return [...shown.slice(0, at), field, ...shown.slice(at)];
}

/** The columns with one in the place of another; those between move up. */
export function columnsMoved(shown: readonly TableField[], field: TableField, to: number): readonly TableField[] {
  const at = shown.indexOf(field);
  if (at < 0 || to < 0 || to >= shown.length || to === at) return shown;
  const others = shown.filter((one) => one !== field);
  return [...others.slice(0, to), field, ...others.slice(to)];
}
