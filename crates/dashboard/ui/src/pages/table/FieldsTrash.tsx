import { useFieldsTrash, useRestoreField, type Table } from "../../api/tables";
import { Card } from "../../components/Card";
import { useText } from "../../i18n/text";
import { TrashList } from "./TrashList";

/** The fields that were deleted, where there are some. */
export function FieldsTrash({ table }: { table: Table }) {
  const t = useText();
  const trash = useFieldsTrash(table.id);
  const restore = useRestoreField(table.id);
  if (!trash.data || trash.data.length === 0) return null;
  return (
    <Card title={t.definition.trashFields} note={t.definition.trashFieldsNote} flush>
      <TrashList
        items={trash.data.map((field) => ({
          id: field.id,
          name: field.display_name,
          about: t.tables.types[field.field_type],
          deletedAt: field.deleted_at,
        }))}
        restore={restore}
      />
    </Card>
  );
}
