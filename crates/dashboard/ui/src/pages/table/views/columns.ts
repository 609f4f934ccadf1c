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
