import { useId, type FormEvent } from "react";
import { Problem } from "../../api/problem";
import { useChangeFields, type Table, type TableField } from "../../api/tables";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { TextArea } from "../../components/TextArea";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { canBeUnique, type FieldDraft } from "./fieldDraft";
import { draftOf, patchOf } from "./fieldPatch";
import { FieldSettings } from "./FieldSettings";
import { Rule } from "./Rule";
import { RuleRefused } from "./RuleRefused";

/** What is told at its own place in the form. */
const PLACED = [
  "display_name",
  "description",
  "max_length",
  "pattern",
  "min",
  "max",
  "choices",
  "choice_labels",
  "choice_colors",
  "default",
];

interface Props {
  table: Table;
  field: TableField;
  onClose: () => void;
  /** Another type is chosen at its own place; what was typed here stays. */
  onRetype: () => void;
}

/** Changes what a field is called and its rules, in its place in the list. */
export function EditField({ table, field, onClose, onRetype }: Props) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const id = useId();
  const change = useChangeFields(table.id);
  // Kept while the records are mended that break a rule. Only what was typed: the rest is as the field is by then.
  const [typed, setTyped, forget] = useDraft<Partial<FieldDraft>>(`tables/${table.id}/fields/${field.id}`, {});
  const draft = { ...draftOf(field, format), ...typed };
  const patch = patchOf(field, draft, format);
  const problem = change.error instanceof Problem ? change.error : null;
  const isPlaced = problem?.fields.every(({ field: at }) => PLACED.includes(at.replace(/[[.].*/, ""))) ?? true;
  const about = (member: string) => problem?.allAbout(member);
  const type = (part: Partial<FieldDraft>) => {
    change.reset();
    setTyped({ ...typed, ...part });
  };
  const close = () => {
    forget();
    onClose();
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!patch) return;
    if (Object.keys(patch).length === 0) return close();
    change.mutate([{ field: field.id, patch }], {
      onSuccess: () => {
        toast("ok", patch.display_name ? t.definition.renamed(patch.display_name) : t.definition.saved);
        close();
      },
    });
  };
  return (
    <form
      className="field-naming"
      aria-labelledby={`${id}-title`}
      onSubmit={save}
      onKeyDown={(event) => event.key === "Escape" && close()}
      noValidate
    >
      <span className="sr" id={`${id}-title`}>
        {t.definition.change(field.display_name)}
      </span>
      <Field
        label={t.definition.label}
        value={draft.label}
        onChange={(label) => type({ label })}
        error={about("display_name")}
        maxLength={200}
        autoComplete="off"
        autoFocus
        onFocus={(event) => event.target.select()}
      />
      <p className="row small">
        <span className="muted">
          {t.definition.type}: {t.tables.types[field.field_type]}
        </span>
        <Button small onClick={onRetype}>
          {t.retype.open}
        </Button>
      </p>
      {field.field_type !== "RELATION" && <FieldSettings draft={draft} onChange={type} about={about} withLooks />}
      <TextArea
        label={t.definition.purpose}
        hint={t.definition.purposeHint}
        rows={2}
        value={draft.description}
        onChange={(description) => type({ description })}
        error={about("description")}
        maxLength={1000}
      />
      <Rule
        label={t.definition.requiredLabel}
        why={field.field_type === "RELATION" ? t.definition.requiredNow : t.definition.requiredOrInitial}
        isOn={draft.isRequired}
        onChange={(isRequired) => type({ isRequired })}
      />
      {canBeUnique(field) && (
        <Rule
          label={t.definition.uniqueLabel}
          why={t.definition.uniqueWhy}
          isOn={draft.isUnique}
          onChange={(isUnique) => type({ isUnique })}
        />
      )}
      <p className="hint">{t.definition.rulesKept}</p>
      <RuleRefused table={table} error={change.error} withFields={!isPlaced} />
      <div className="row-tight">
        <Button small type="submit" look="primary" busy={change.isPending} disabled={!patch}>
          {t.common.save}
        </Button>
        <Button small onClick={close}>
          {t.common.cancel}
        </Button>
      </div>
    </form>
  );
}
