import { useId } from "react";
import { useTables, type OnDelete, type Table } from "../../api/tables";
import { Field, Select } from "../../components/Field";
import { TextArea } from "../../components/TextArea";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { choicesOf, hasBounds, repeated, type FieldDraft } from "./fieldDraft";
import { valueOf } from "./values";

interface Props {
  table: Table;
  draft: FieldDraft;
  onChange: (part: Partial<FieldDraft>) => void;
  /** What the API refused of a member. */
  about: (member: string) => string | undefined;
}

/** The settings that the chosen type has. */
export function FieldSettings(props: Props) {
  const { type } = props.draft;
  if (type === "TEXT") return <OfText {...props} />;
  if (type === "CHOICE") return <OfChoice {...props} />;
  if (type === "RELATION") return <OfRelation {...props} />;
  return hasBounds(type) ? <Bounds {...props} /> : null;
}

function OfText({ draft, onChange, about }: Props) {
  const t = useText();
  const format = useFormat();
  const length = valueOf({ field_type: "INTEGER" }, draft.maxLength, format);
  return (
    <>
      <Field
        label={t.definition.maxLength}
        hint={t.definition.maxLengthHint}
        inputMode="numeric"
        value={draft.maxLength}
        onChange={(maxLength) => onChange({ maxLength })}
        error={about("max_length") ?? (length.broken && t.values.broken[length.broken])}
        autoComplete="off"
      />
      <Field
        label={t.definition.pattern}
        hint={t.definition.patternHint}
        value={draft.pattern}
        onChange={(pattern) => onChange({ pattern })}
        error={about("pattern")}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
      />
    </>
  );
}

function Bounds({ draft, onChange, about }: Props) {
  const t = useText();
  const format = useFormat();
  const bound = (side: "min" | "max") => {
    const read = valueOf({ field_type: draft.type }, draft[side], format);
    return (
      <Field
        label={t.definition[side]}
        value={draft[side]}
        onChange={(text) => onChange({ [side]: text })}
        error={about(side) ?? (read.broken && t.values.broken[read.broken])}
        autoComplete="off"
      />
    );
  };
  return (
    <div className="field-bounds">
      {bound("min")}
      {bound("max")}
    </div>
  );
}

function OfChoice({ draft, onChange, about }: Props) {
  const t = useText();
  const twice = repeated(choicesOf(draft.choices));
  return (
    <TextArea
      label={t.definition.choices}
      hint={t.definition.choicesHint}
      rows={5}
      value={draft.choices}
      onChange={(choices) => onChange({ choices })}
      error={about("choices") ?? (twice === undefined ? undefined : t.definition.choicesTwice(twice))}
    />
  );
}

function OfRelation({ draft, onChange, about }: Props) {
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

interface RuleProps {
  label: string;
  why: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** A rule that a field has or not, and what it means. */
export function Rule({ label, why, isOn, onChange }: RuleProps) {
  const id = useId();
  return (
    <label className="check" htmlFor={id}>
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        aria-describedby={`${id}-why`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        {label}
        <span className="hint field-why" id={`${id}-why`}>
          {why}
        </span>
      </span>
    </label>
  );
}
