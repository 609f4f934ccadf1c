import { useId, useState, type FormEvent } from "react";
import { useLocation } from "wouter";
import { Problem } from "../../api/problem";
import { useDefineTable } from "../../api/tables";
import { Note } from "../../components/Badge";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { SubmitFoot } from "../../components/SubmitFoot";
import { TextArea } from "../../components/TextArea";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { tablePath } from "../table/address";
import { isProgramName, suggestedName } from "./programName";

interface Draft {
  displayName: string;
  /** Null while it follows the name for people. */
  name: string | null;
  description: string;
}

const NOTHING: Draft = { displayName: "", name: null, description: "" };

/** Names a new table; its fields come on the screen that opens next. */
export function NewTable({ onClose }: { onClose: () => void }) {
  const t = useText();
  const toast = useToast();
  const [, go] = useLocation();
  const form = useId();
  const define = useDefineTable();
  const [draft, setDraft, forget] = useDraft<Draft>("tables/new", NOTHING);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const name = draft.name ?? suggestedName(draft.displayName);
  const isNamed = draft.displayName.trim() !== "";
  const problem = define.error instanceof Problem ? define.error : null;
  const isTaken = problem?.code === "ENTITY_EXISTS";
  const change = (part: Partial<Draft>) => {
    define.reset();
    setDraft({ ...draft, ...part });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isNamed || !isProgramName(name)) return;
    const body = { name, display_name: draft.displayName.trim(), description: draft.description.trim() || null };
    define.mutate(
      { body, key },
      {
        onSuccess: (table) => {
          forget();
          toast("ok", t.tables.createdToast(table.display_name));
          onClose();
          go(tablePath(table.id, "definition"));
        },
        // A refused request with another body is another request.
        onError: () => setKey(crypto.randomUUID()),
      },
    );
  };
  const nameError = isTaken
    ? t.tables.exists
    : (problem?.allAbout("name") ?? (isNamed && !isProgramName(name) ? t.tables.programNameWrong : undefined));
  return (
    <Dialog
      title={t.tables.newTitle}
      icon="table"
      onClose={onClose}
      foot={
        <SubmitFoot
          form={form}
          busy={define.isPending}
          disabled={!isNamed || !isProgramName(name)}
          action={t.tables.create}
          onCancel={onClose}
        />
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {define.error && !isTaken && (problem?.fields.length ?? 0) === 0 && (
          <Note tone="bad" icon="alert" role="alert">
            {problem?.message ?? t.shell.lost}
          </Note>
        )}
        <Field
          label={t.tables.displayName}
          hint={t.tables.displayNameHint}
          value={draft.displayName}
          onChange={(displayName) => change({ displayName })}
          error={problem?.allAbout("display_name")}
          maxLength={200}
          autoComplete="off"
          autoFocus
          required
        />
        <Field
          label={t.tables.programName}
          hint={t.tables.programNameHint}
          value={name}
          onChange={(typed) => change({ name: typed === "" ? null : typed })}
          error={nameError}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
        />
        <TextArea
          label={t.tables.description}
          hint={t.tables.descriptionHint}
          value={draft.description}
          onChange={(description) => change({ description })}
          error={problem?.allAbout("description")}
          maxLength={1000}
        />
      </form>
    </Dialog>
  );
}
