import { useRelationships, useTables, type Table, type TableField } from "../../api/tables";

/** A field of a table whose records point to those of another. */
export interface Pointer {
  table: string;
  field: string;
}

/** Which fields of other tables point to a table; with `shown`, those that people choose by that field of it. */
export function usePointers(table: Table, shown?: TableField): Pointer[] {
  const relationships = useRelationships(table.id, true).data ?? [];
  const tables = useTables().data ?? [];
  return relationships.flatMap(({ source_entity_id, source_field_id, target_entity_id, target_display_field }) => {
    const isMeant = target_entity_id === table.id && (!shown || target_display_field === shown.name);
    const source = tables.find(({ id }) => id === source_entity_id);
    const field = source?.fields.find(({ id }) => id === source_field_id);
    // What goes to the trash together needs no warning.
    const isItself = source_entity_id === table.id && !shown;
    return isMeant && source && field && !isItself ? [{ table: source.display_name, field: field.display_name }] : [];
  });
}
