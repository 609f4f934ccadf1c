import type { TableField } from "../../api/tables";
import { Field } from "../../components/Field";
import { TextArea } from "../../components/TextArea";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { ChoiceLooks } from "./ChoiceLooks";
import { choicesOf, hasBounds, repeated, type FieldDraft } from "./fieldDraft";
import { RelationSettings } from "./RelationSettings";
import { NO_RELATIONS } from "./useRelations";
import { ValueField } from "./ValueField";
import { valueOf } from "./values";

export interface SettingsProps {
  draft: FieldDraft;
  onChange: (part: Partial<FieldDraft>) => void;
  /** What the API refused of a member. */
  about: (member: string) => string | undefined;
  /** Whether it is asked here what choices are called and look like. */
  withLooks?: boolean;
}

/** The settings that the chosen type has. */
export function FieldSettings(props: SettingsProps) {
  const { type } = props.draft;
  if (type === "RELATION") return <RelationSettings {...props} />;
  return (
    <>
      {type === "TEXT" && <OfText {...props} />}
      {type === "CHOICE" && <OfChoice {...props} />}
      {type === "CHOICE" && props.withLooks && <ChoiceLooks {...props} />}
      {hasBounds(type) && <Bounds {...props} />}
      <Initial {...props} />
    </>
  );
}

/** The value that new records begin with, chosen or typed as in their form. */
function Initial({ draft, onChange, about }: SettingsProps) {
  const t = useText();
  const format = useFormat();
  const read = valueOf({ field_type: draft.type }, draft.initial, format);
  const field: Pick<TableField, "display_name" | "field_type" | "is_required" | "max_length" | "choices"> = {
    display_name: t.definition.initial,
    field_type: draft.type,
    is_required: false,
    max_length: null,
    choices: choicesOf(draft.choices),
  };
  return (
    <ValueField
      field={field}
      relations={NO_RELATIONS}
      value={draft.initial}
      onChange={(initial) => onChange({ initial })}
      error={about("default") ?? (read.broken && t.values.broken[read.broken])}
    />
  );
}

function OfText({ draft, onChange, about }: SettingsProps) {
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

function Bounds({ draft, onChange, about }: SettingsProps) {
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

function OfChoice({ draft, onChange, about }: SettingsProps) {
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
