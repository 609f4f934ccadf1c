import type { FieldType, RetypeRequest, TableField } from "../../api/tables";
import { canBeUnique, NO_FIELD, settingsOf, type FieldDraft } from "./fieldDraft";
import type { Reader } from "./values";

/** The types that a field can be given: all but its own. */
export const otherTypes = (field: Pick<TableField, "field_type">, all: readonly FieldType[]): FieldType[] =>
  all.filter((type) => type !== field.field_type);

/** A field as it would be with another type: what it is called and whether values may repeat stay. */
export const retypedDraftOf = (field: TableField, type: FieldType): FieldDraft => ({
  ...NO_FIELD,
  label: field.display_name,
  type,
  isUnique: field.unique,
});

/** What the API is asked for; null while something typed is not complete. */
export function retypeOf(draft: FieldDraft, reader: Reader): RetypeRequest | null {
  const isUnique = draft.isUnique && canBeUnique({ field_type: draft.type });
  return settingsOf({ ...draft, isUnique }, reader);
}
