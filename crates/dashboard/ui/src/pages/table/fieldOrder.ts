import type { FieldChange, TableField } from "../../api/tables";

/** A list with one item at another place. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, at) => at !== from);
  return [...rest.slice(0, to), ...items.slice(from, from + 1), ...rest.slice(to)];
}

/** What has to be changed so that fields stand in this order; the places that they have are dealt out anew. */
export function placesOf(fields: readonly TableField[]): FieldChange[] {
  const taken = fields.map((field) => field.display_order).sort((one, other) => one - other);
  const isDistinct = new Set(taken).size === taken.length;
  return fields.flatMap((field, at) => {
    const place = isDistinct ? (taken[at] ?? at + 1) : at + 1;
    return place === field.display_order ? [] : [{ field: field.id, patch: { display_order: place } }];
  });
}
