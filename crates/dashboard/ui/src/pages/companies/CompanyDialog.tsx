import { useId, useMemo, type FormEvent } from "react";
import { Overtaken } from "../../api/overtaken";
import { Problem } from "../../api/problem";
import { Note } from "../../components/Badge";
import { Dialog } from "../../components/Dialog";
import { Field, Select } from "../../components/Field";
import { SubmitFoot } from "../../components/SubmitFoot";
import { useRefusal } from "../../components/useRefusal";
import { useText } from "../../i18n/text";
import { zoneOptions } from "./zones";

export interface CompanyDraft {
  name: string;
  zone: string;
}

interface DialogProps {
  title: string;
  action: string;
  draft: CompanyDraft;
  onDraft: (draft: CompanyDraft) => void;
  warning?: string | undefined;
  error: Error | null;
  busy: boolean;
  ready: boolean;
  onSave: () => void;
  onClose: () => void;
}

/** The form of a company, new or known. */
export function CompanyDialog({
  title,
  action,
  draft,
  onDraft,
  warning,
  error,
  busy,
  ready,
  onSave,
  onClose,
}: DialogProps) {
  const t = useText();
  const formId = useId();
  const zones = useMemo(() => zoneOptions(draft.zone), [draft.zone]);
  const problem = error instanceof Problem ? error : null;
  const nameError = problem?.code === "COMPANY_EXISTS" ? t.companies.exists : problem?.allAbout("empresa_nombre");
  const zoneError = problem?.allAbout("zona_horaria");
  const refusal = useRefusal(nameError || zoneError ? null : error, t.companies);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave();
  };
  return (
    <Dialog
      title={title}
      icon="building"
      onClose={onClose}
      foot={<SubmitFoot form={formId} busy={busy} disabled={!ready} action={action} onCancel={onClose} />}
    >
      <form id={formId} className="stack" onSubmit={submit} noValidate>
        {refusal && (
          <Note tone={error instanceof Overtaken ? "warn" : "bad"} icon="alert" role="alert">
            {refusal}
          </Note>
        )}
        <Field
          label={t.companies.name}
          hint={t.companies.nameHint}
          value={draft.name}
          maxLength={100}
          onChange={(name) => onDraft({ ...draft, name })}
          error={nameError}
          autoComplete="off"
          required
        />
        <Select
          label={t.companies.zone}
          hint={t.companies.zoneHint}
          value={draft.zone}
          onChange={(zone) => onDraft({ ...draft, zone })}
          error={zoneError}
          options={zones}
        />
        {warning && (
          <Note tone="warn" icon="alert">
            {warning}
          </Note>
        )}
      </form>
    </Dialog>
  );
}
