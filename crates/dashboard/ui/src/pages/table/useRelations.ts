import { useMemo } from "react";
import { useRelatedNames, type Data, type Target } from "../../api/records";
import type { Table } from "../../api/tables";

/** Where the relations of a table point, and what the records there are called. */
export interface Relations {
  /** Absent where the table that it points to was deleted. */
  targetOf: (field: string) => Target | undefined;
  nameOf: (record: string) => string | undefined;
}

/** Where nothing is pointed to. */
export const NO_RELATIONS: Relations = { targetOf: () => undefined, nameOf: () => undefined };

export function useRelations(table: Table, shown: readonly Data[]): Relations {
  const fields = table.fields.filter((field) => field.field_type === "RELATION").map((field) => field.id);
  const targets = useMemo(
    () =>
      table.fields.flatMap(({ id, target_entity_id, target_display_field }): Target[] =>
        target_entity_id ? [{ field: id, entity: target_entity_id, displayField: target_display_field ?? "" }] : [],
      ),
    [table.fields],
  );
  const pointed = new Map(
    fields.map((field) => [
      field,
      [...new Set(shown.map((data) => data[field]))].filter((id) => typeof id === "string"),
    ]),
  );
  const names = useRelatedNames(targets, pointed);
  return useMemo(
    () => ({
      targetOf: (field) => targets.find((target) => target.field === field),
      nameOf: (record) => names.get(record),
    }),
    [targets, names],
  );
}
