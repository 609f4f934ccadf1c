import { useId, useState, type FormEvent } from "react";
import { newKey } from "../../api/jobs";
import { Problem } from "../../api/problem";
import { useRetype, useTryRetype, type FieldType, type Table, type TableField } from "../../api/tables";
import { Dialog } from "../../components/Dialog";
import { Select } from "../../components/Field";
import { SubmitFoot } from "../../components/SubmitFoot";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { canBeUnique, type FieldDraft } from "./fieldDraft";
import { otherTypes, retypedDraftOf, retypeOf } from "./fieldRetype";
import { FieldSettings } from "./FieldSettings";
import { RetypeTrial } from "./RetypeTrial";
import { Rule } from "./Rule";
import { RuleRefused } from "./RuleRefused";

/** What is told at its own place in the form. */
const PLACED = [
  "max_length",
  "pattern",
  "min",
  "max",
  "choices",
  "default",
  "target_entity_id",
  "target_display_field",
];

interface Props {
  table: Table;
  field: TableField;
  onClose: () => void;
}

/** Gives a field another type: first it is tried what would become of its values. */
export function RetypeField({ table, field, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const form = useId();
  const types = otherTypes(field, Object.keys(t.tables.types) as FieldType[]);
  // Kept while the records are mended whose values cannot be converted.
  const [typed, setTyped, forget] = useDraft<Partial<FieldDraft>>(`tables/${table.id}/retype/${field.id}`, {});
  const draft = { ...retypedDraftOf(field, types[0] ?? "TEXT"), ...typed };
  const request = retypeOf(draft, format);
  const trial = useTryRetype(table.id, field.id);
  const retype = useRetype(table.id, field.id);
  const [key, setKey] = useState(newKey);
  const error = retype.error ?? trial.error;
  const problem = error instanceof Problem ? error : null;
  const isPlaced = problem?.fields.every(({ field: at }) => PLACED.includes(at.replace(/\[.*/, ""))) ?? true;
  const isSound = trial.data?.failing.length === 0 && !retype.error;

  const change = (part: Partial<FieldDraft>) => {
    trial.reset();
    retype.reset();
    setTyped({ ...typed, ...part });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!request) return;
    if (!isSound) {
      retype.reset();
      return trial.mutate(request);
    }
    retype.mutate(
      { body: request, key },
      {
        onSuccess: (job) => {
          forget();
          if (!job) toast("ok", t.retype.done(field.display_name, t.tables.types[draft.type]), t.retype.keptDone);
          onClose();
        },
        // A refused request with another body is another request.
        onError: () => setKey(newKey()),
      },
    );
  };
  return (
    <Dialog
      title={t.retype.title(field.display_name)}
      icon="edit"
      onClose={onClose}
      foot={
        <SubmitFoot
          form={form}
          busy={trial.isPending || retype.isPending}
          disabled={!request}
          action={isSound ? t.retype.confirm : trial.data ? t.retype.tryAgain : t.retype.tryIt}
          onCancel={onClose}
        />
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        <p className="small muted">{t.retype.now(t.tables.types[field.field_type])}</p>
        <Select
          label={t.retype.type}
          hint={t.retype.how[draft.type]}
          value={draft.type}
          onChange={(type) => change({ type: type as FieldType, min: "", max: "", initial: "" })}
          options={types.map((value) => ({ value, text: t.tables.types[value] }))}
        />
        <FieldSettings draft={draft} onChange={change} about={(member) => problem?.allAbout(member)} />
        {canBeUnique({ field_type: draft.type }) && (
          <Rule
            label={t.definition.uniqueLabel}
            why={t.definition.uniqueWhy}
            isOn={draft.isUnique}
            onChange={(isUnique) => change({ isUnique })}
          />
        )}
        <RuleRefused table={table} error={error} withFields={!isPlaced} />
        {trial.data && !retype.error && <RetypeTrial table={table} field={field} trial={trial.data} />}
      </form>
    </Dialog>
  );
}
