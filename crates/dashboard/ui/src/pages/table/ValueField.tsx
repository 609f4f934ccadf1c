import { useId } from "react";
import type { TableField } from "../../api/tables";
import { DateField } from "../../components/DateField";
import { Field, FieldNotes, Select } from "../../components/Field";
import { TextArea } from "../../components/TextArea";
import { dayInDigits, parseTypedDay } from "../../format/typedDay";
import { placeOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { choiceLabel } from "./choiceLooks";
import { RecordPicker } from "./RecordPicker";
import type { Relations } from "./useRelations";

/** What the form has to know of a field. */
type Kind = Pick<
  TableField,
  "display_name" | "field_type" | "is_required" | "max_length" | "choices" | "choice_labels" | "description"
> & {
  id?: string;
};

interface Props {
  field: Kind;
  relations: Relations;
  value: string;
  onChange: (text: string) => void;
  error?: string | undefined;
}

/** Longer texts get several lines. */
const LONG_TEXT = 255;

/** The part of a form for one field of a table. */
export function ValueField({ field, relations, value, onChange, error }: Props) {
  const t = useText();
  const { zone } = useFormat();
  const label = field.is_required ? `${field.display_name} (${t.values.requiredMark})` : field.display_name;
  const common = { label, value, onChange, error, hint: field.description ?? undefined };
  switch (field.field_type) {
    case "DATE":
      return <DayField {...common} />;
    case "DATETIME":
      return <Field {...common} autoComplete="off" hint={withHint(field, t.values.momentHint(placeOf(zone)))} />;
    case "BOOLEAN":
      return (
        <Select
          {...common}
          options={[
            { value: "", text: t.values.choose },
            { value: "true", text: t.values.yes },
            { value: "false", text: t.values.no },
          ]}
        />
      );
    case "CHOICE":
      return <Select {...common} options={choicesOf(field, value, t.values.choose)} />;
    case "RELATION":
      return <RelationField {...common} field={field} relations={relations} />;
    case "NUMBER":
    case "INTEGER":
      return <Field {...common} className="n" inputMode="decimal" autoComplete="off" />;
    case "JSON":
      return <TextArea {...common} rows={6} isCode />;
    case "TEXT":
      return (field.max_length ?? LONG_TEXT) > LONG_TEXT ? (
        <TextArea {...common} />
      ) : (
        <Field {...common} autoComplete="off" />
      );
  }
}

/** What the field is for, before what its type asks. */
const withHint = ({ description }: Kind, hint: string): string => (description ? `${description} ${hint}` : hint);

/** The choices that there are, and the one that is stored though it may be no choice any more. */
export function choicesOf(field: Pick<TableField, "choices" | "choice_labels">, value: string, none: string) {
  const choices = [...new Set([...(field.choices ?? []), value])].filter((choice) => choice !== "");
  return [{ value: "", text: none }, ...choices.map((choice) => ({ value: choice, text: choiceLabel(field, choice) }))];
}

interface DayProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  error: string | undefined;
  hint?: string | undefined;
}

/** The date field speaks of days; the form keeps what can be typed. */
function DayField({ value, onChange, ...rest }: DayProps) {
  return (
    <DateField {...rest} value={parseTypedDay(value) ?? ""} onChange={(day) => onChange(day && dayInDigits(day))} />
  );
}

function RelationField({ field, relations, label, value, onChange, error, hint }: DayProps & Omit<Props, "value">) {
  const t = useText();
  const id = useId();
  const target = field.id === undefined ? undefined : relations.targetOf(field.id);
  const name = value === "" ? "" : (relations.nameOf(value) ?? t.values.record);
  if (!target) {
    return <Field label={label} value={name} onChange={() => undefined} hint={t.values.cannotChoose} readOnly />;
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <RecordPicker
        target={target}
        name={name}
        onChange={onChange}
        inputProps={{
          id,
          "aria-invalid": error ? true : undefined,
          "aria-describedby": [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined,
        }}
      />
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}
