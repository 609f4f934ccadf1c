import type { Revision } from "../../api/records";
import type { TableField } from "../../api/tables";

export interface FieldChanged {
  field: TableField;
  before: unknown;
  after: unknown;
}

/** What a revision changed: its values beside those of the one before it. */
export function changesBetween(
  fields: readonly TableField[],
  revision: Pick<Revision, "data">,
  before: Pick<Revision, "data"> | undefined,
): FieldChanged[] {
  return fields.flatMap((field) => {
    const [was, is] = [before?.data[field.id] ?? null, revision.data[field.id] ?? null];
    return was === is ? [] : [{ field, before: was, after: is }];
  });
}
