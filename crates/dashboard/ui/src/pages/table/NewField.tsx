import { useId, useState, type FormEvent } from "react";
import { Problem } from "../../api/problem";
import { useAddField, type FieldType, type Table } from "../../api/tables";
import { Dialog } from "../../components/Dialog";
import { Field, Select } from "../../components/Field";
import { SubmitFoot } from "../../components/SubmitFoot";
import { TextArea } from "../../components/TextArea";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { canBeUnique, NO_FIELD, requestOf, type FieldDraft } from "./fieldDraft";
import { FieldSettings } from "./FieldSettings";
import { Refused } from "./Refused";
import { Rule } from "./Rule";

/** What is told at its own place in the form. */
const PLACED = new Set(["FIELD_EXISTS", "FIELD_NAME_RESERVED"]);

export function NewField({ table, onClose }: { table: Table; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const form = useId();
  const add = useAddField(table.id);
  const [draft, setDraft, forget] = useDraft<FieldDraft>(`tables/${table.id}/new-field`, NO_FIELD);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const request = requestOf(draft, format);
  const problem = add.error instanceof Problem ? add.error : null;
  const about = (field: string) => problem?.allAbout(field);
  const change = (part: Partial<FieldDraft>) => {
    add.reset();
    setDraft({ ...draft, ...part });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!request) return;
    add.mutate(
      { body: request, key },
      {
        onSuccess: () => {
          forget();
          toast("ok", t.definition.added(request.display_name));
          onClose();
        },
        // A refused request with another body is another request.
        onError: () => setKey(crypto.randomUUID()),
      },
    );
  };
  const nameError =
    problem?.code === "FIELD_EXISTS"
      ? t.definition.fieldExists
      : problem?.code === "FIELD_NAME_RESERVED"
        ? t.definition.reserved
        : (about("display_name") ?? about("name"));
  return (
    <Dialog
      title={t.definition.newField}
      icon="plus"
      onClose={onClose}
      foot={
        <SubmitFoot
          form={form}
          busy={add.isPending}
          disabled={!request}
          action={t.definition.addDo}
          onCancel={onClose}
        />
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {!(problem && PLACED.has(problem.code)) && <Refused error={add.error} />}
        <Field
          label={t.definition.label}
          hint={t.definition.labelHint}
          value={draft.label}
          onChange={(label) => change({ label })}
          error={nameError}
          maxLength={200}
          autoComplete="off"
          autoFocus
          required
        />
        <Select
          label={t.definition.type}
          hint={`${t.tables.typesWhat[draft.type]} ${t.definition.typeLater}`}
          value={draft.type}
          onChange={(type) => change({ type: type as FieldType, min: "", max: "", initial: "" })}
          options={Object.entries(t.tables.types).map(([value, text]) => ({ value, text }))}
        />
        <FieldSettings draft={draft} onChange={change} about={about} withLooks />
        <TextArea
          label={t.definition.purpose}
          hint={t.definition.purposeHint}
          rows={2}
          value={draft.description}
          onChange={(description) => change({ description })}
          error={about("description")}
          maxLength={1000}
        />
        <Rule
          label={t.definition.requiredLabel}
          why={t.definition.requiredWhy}
          isOn={draft.isRequired}
          onChange={(isRequired) => change({ isRequired })}
        />
        {canBeUnique({ field_type: draft.type }) && (
          <Rule
            label={t.definition.uniqueLabel}
            why={t.definition.uniqueWhy}
            isOn={draft.isUnique}
            onChange={(isUnique) => change({ isUnique })}
          />
        )}
      </form>
    </Dialog>
  );
}
