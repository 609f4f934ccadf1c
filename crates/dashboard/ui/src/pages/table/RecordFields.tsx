import type { TableField } from "../../api/tables";
import type { Relations } from "./useRelations";
import { ValueField } from "./ValueField";

interface Props {
  fields: readonly TableField[];
  relations: Relations;
  texts: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string | undefined>>;
  onChange: (field: string, text: string) => void;
}

/** All fields of a record, in their order. */
export function RecordFields({ fields, relations, texts, errors, onChange }: Props) {
  return (
    <div className="record-fields">
      {fields.map((field) => (
        <ValueField
          key={field.id}
          field={field}
          relations={relations}
          value={texts[field.id] ?? ""}
          error={errors[field.id]}
          onChange={(text) => onChange(field.id, text)}
        />
      ))}
    </div>
  );
}
