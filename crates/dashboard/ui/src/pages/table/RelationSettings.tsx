import { useTables, type OnDelete } from "../../api/tables";
import { Select } from "../../components/Field";
import { useText } from "../../i18n/text";
import type { SettingsProps } from "./FieldSettings";

/** To which table a relation points, by which field people choose, and what a deletion there means. */
export function RelationSettings({ draft, onChange, about }: SettingsProps) {
  const t = useText();
  const tables = useTables().data ?? [];
  const target = tables.find((table) => table.id === draft.target);
  const choose = (id: string) => {
    const fields = tables.find((table) => table.id === id)?.fields ?? [];
    const named = fields.find((field) => field.field_type === "TEXT") ?? fields[0];
    onChange({ target: id, targetField: named?.name ?? "" });
  };
  return (
    <>
      <Select
        label={t.definition.target}
        value={draft.target}
        onChange={choose}
        error={about("target_entity_id") ?? (target?.fields.length === 0 ? t.definition.targetNoFields : undefined)}
        options={[
          { value: "", text: t.definition.targetNone },
          ...tables.map(({ id, display_name }) => ({ value: id, text: display_name })),
        ]}
      />
      {target && target.fields.length > 0 && (
        <Select
          label={t.definition.targetField}
          value={draft.targetField}
          onChange={(targetField) => onChange({ targetField })}
          error={about("target_display_field")}
          options={target.fields.map(({ name, display_name }) => ({ value: name, text: display_name }))}
        />
      )}
      <Select
        label={t.definition.onDelete}
        value={draft.onDelete}
        onChange={(onDelete) => onChange({ onDelete: onDelete as OnDelete })}
        error={about("on_delete")}
        options={Object.entries(t.definition.onDeletes).map(([value, text]) => ({ value, text }))}
      />
    </>
  );
}
