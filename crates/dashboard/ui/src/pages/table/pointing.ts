import type { Table, TableField } from "../../api/tables";
import { tablePath } from "./address";
import { keyOf } from "./conditions";

/** A field by which the records of a table point to those of another. */
export interface PointingField {
  source: Table;
  field: TableField;
}

/** The fields that point to a table, of the tables that the reader may read. */
export const pointingTo = (target: string, tables: readonly Table[]): PointingField[] =>
  tables.flatMap((source) =>
    source.fields
      .filter(({ field_type, target_entity_id }) => field_type === "RELATION" && target_entity_id === target)
      .map((field) => ({ source, field })),
  );

/** The address of all records that point to one. */
export function pointingPath({ source, field }: PointingField, record: string): string {
  const search = new URLSearchParams({ [keyOf({ name: field.name, op: "eq" })]: record });
  return `${tablePath(source.id)}?${search}`;
}
