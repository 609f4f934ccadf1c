import { useText } from "../../i18n/text";
import { Field, Select } from "../../components/Field";
import type { ChoiceColor } from "./choiceLooks";
import { choicesOf } from "./fieldDraft";
import type { SettingsProps } from "./FieldSettings";

/** What each choice is called, and its colour. */
export function ChoiceLooks({ draft, onChange, about }: SettingsProps) {
  const t = useText();
  const choices = [...new Set(choicesOf(draft.choices))];
  if (choices.length === 0) return null;
  const colors = Object.entries(t.definition.colors).map(([value, text]) => ({ value, text }));
  return (
    <fieldset className="choice-looks">
      <legend className="small">{t.definition.looks}</legend>
      {choices.map((choice) => (
        <div className="choice-look" key={choice}>
          <span className="choice-shown">
            <bdi className={`choice-chip choice-${draft.colors[choice] || "none"}`}>
              {draft.labels[choice]?.trim() || choice}
            </bdi>
            {draft.labels[choice]?.trim() && <bdi className="muted small">{choice}</bdi>}
          </span>
          <Field
            label={t.definition.labelOf(choice)}
            hideLabel
            placeholder={t.definition.labelPlaceholder}
            value={draft.labels[choice] ?? ""}
            onChange={(label) => onChange({ labels: { ...draft.labels, [choice]: label } })}
            error={about(`choice_labels.${choice}`)}
            maxLength={200}
            autoComplete="off"
          />
          <Select
            label={t.definition.colorOf(choice)}
            hideLabel
            value={draft.colors[choice] ?? ""}
            onChange={(color) => onChange({ colors: { ...draft.colors, [choice]: color as ChoiceColor | "" } })}
            options={[{ value: "", text: t.definition.noColor }, ...colors]}
            error={about(`choice_colors.${choice}`)}
          />
        </div>
      ))}
    </fieldset>
  );
}
