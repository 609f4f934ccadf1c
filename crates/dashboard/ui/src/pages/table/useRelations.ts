import { useMemo } from "react";
import { useRelatedNames, type Data, type Target } from "../../api/records";
import { useRelationships, type Table } from "../../api/tables";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";

/** Where the relations of a table point, and what the records there are called. */
export interface Relations {
  /** Absent where the reader is not told, or the table that it points to was deleted. */
  targetOf: (field: string) => Target | undefined;
  nameOf: (record: string) => string | undefined;
}

/** Where nothing is pointed to. */
export const NO_RELATIONS: Relations = { targetOf: () => undefined, nameOf: () => undefined };

export function useRelations(table: Table, shown: readonly Data[]): Relations {
  const mayDefine = may(useWho().rol, "define-tables");
  const fields = table.fields.filter((field) => field.field_type === "RELATION").map((field) => field.id);
  const relationships = useRelationships(table.id, mayDefine && fields.length > 0);
  const targets = useMemo(
    () =>
      (relationships.data ?? [])
        .filter(({ source_entity_id }) => source_entity_id === table.id)
        .map(({ source_field_id, target_entity_id, target_display_field }): Target => ({
          field: source_field_id,
          entity: target_entity_id,
          displayField: target_display_field,
        })),
    [relationships.data, table.id],
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
