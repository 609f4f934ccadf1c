import { useId, type FormEvent } from "react";
import { useSaveReading, type Reading } from "../../../api/observations";
import { Problem } from "../../../api/problem";
import { Note } from "../../../components/Badge";
import { Dialog } from "../../../components/Dialog";
import { Field } from "../../../components/Field";
import { SubmitFoot } from "../../../components/SubmitFoot";
import { useToast } from "../../../components/Toast";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { useDraft } from "../../../session/drafts";
import { Counts, When } from "./ReadingFields";
import { textsOf, valueOf, type Texts } from "./readingTexts";

interface Props {
  handle: string;
  /** Null to add one. */
  reading: Reading | null;
  onClose: () => void;
}

/** Adds a reading, or changes the counts of one. A reading is stored by its time, which therefore stays. */
export function ReadingDialog({ handle, reading, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const form = useId();
  const save = useSaveReading(handle);
  const [texts, setTexts, forget] = useDraft<Texts>(`data/${handle}/${reading?.hora ?? "new"}`, textsOf(reading));
  const isThere = save.data === "is-there";
  const value = valueOf(reading, texts);
  const change = (part: Partial<Texts>) => {
    save.reset();
    setTexts({ ...texts, ...part });
  };
  const close = () => {
    forget();
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!value) return;
    const replaces = reading !== null || isThere;
    const onSuccess = (outcome: "saved" | "is-there") => {
      if (outcome !== "saved") return;
      toast("ok", t.data.reading.saved);
      close();
    };
    save.mutate({ reading: value, replaces }, { onSuccess });
  };
  return (
    <Dialog
      title={reading ? t.data.reading.edit : t.data.reading.add}
      icon={reading ? "edit" : "plus"}
      onClose={close}
      foot={
        <SubmitFoot
          form={form}
          look={isThere ? "danger" : "primary"}
          busy={save.isPending}
          disabled={!value}
          action={isThere ? t.data.reading.replace : t.common.save}
          onCancel={close}
        />
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {reading ? (
          <Field
            label={t.data.reading.moment}
            hint={t.data.reading.fixed}
            value={format.reading(reading.hora)}
            onChange={() => undefined}
            readOnly
          />
        ) : (
          <When texts={texts} onChange={change} />
        )}
        <Counts texts={texts} onChange={change} isFirst={reading !== null} />
        {isThere && (
          <Note tone="warn" icon="alert" role="alert">
            {t.data.reading.isThere}
          </Note>
        )}
        {save.error && <SaveFailed error={save.error} />}
      </form>
    </Dialog>
  );
}

function SaveFailed({ error }: { error: Error }) {
  const t = useText();
  const fields = error instanceof Problem ? error.fields : [];
  return (
    <Note tone="bad" icon="alert" role="alert">
      {fields.length === 0 && <p>{error instanceof Problem ? error.message : t.shell.lost}</p>}
      {fields.map(({ field, message }) => (
        <p key={field}>{message}</p>
      ))}
    </Note>
  );
}
