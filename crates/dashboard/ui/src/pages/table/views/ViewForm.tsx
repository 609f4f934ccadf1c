import { useId, type FormEvent } from "react";
import { Problem } from "../../../api/problem";
import type { Table } from "../../../api/tables";
import { useSaveView, type View, type ViewFilter } from "../../../api/views";
import { Dialog } from "../../../components/Dialog";
import { Field } from "../../../components/Field";
import { SubmitFoot } from "../../../components/SubmitFoot";
import { useToast } from "../../../components/Toast";
import { useText } from "../../../i18n/text";
import { useDraft } from "../../../session/drafts";
import { Refused } from "../Refused";
import { Rule } from "../Rule";
import type { GridAddress } from "../useGridAddress";
import { useMayWrite } from "../useMayWrite";
import { addressOf, requestOf } from "./savedView";

interface Props {
  table: Table;
  address: GridAddress;
  /** The one to rename or to share; null for a new one of what is shown. */
  view: View | null;
  /** That of the chosen view, by which the records may be filtered. */
  filter: ViewFilter | null;
  onClose: () => void;
}

/** The name of a view, and who sees it. What a view keeps stays as it is. */
export function ViewForm({ table, address, view, filter, onClose }: Props) {
  const t = useText();
  const toast = useToast();
  const form = useId();
  const mayShare = useMayWrite(table);
  const save = useSaveView(table.id);
  const key = `tables/${table.id}/views/${view?.id ?? "new"}`;
  const [draft, setDraft, forget] = useDraft(key, { name: view?.name ?? "", isShared: view?.shared ?? false });
  const problem = save.error instanceof Problem ? save.error : null;
  const change = (part: Partial<typeof draft>) => {
    save.reset();
    setDraft({ ...draft, ...part });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const kept = view
      ? { filter: view.filter, q: view.q, sort: view.sort, fields: view.fields, keys: "id" as const }
      : requestOf(address.shown, filter, table.fields);
    const body = { name: draft.name.trim(), shared: draft.isShared, ...kept };
    save.mutate(
      { view: view?.id ?? null, body },
      {
        onSuccess: (saved) => {
          forget();
          toast("ok", t.views.saved(saved.name));
          onClose();
          // What was shown is what is shown, also that of which a view keeps nothing.
          if (!view) address.open(addressOf(saved, table.fields), { keepsGroups: true });
        },
      },
    );
  };
  return (
    <Dialog
      title={view ? t.views.editTitle(view.name) : t.views.newTitle}
      icon="bookmark"
      onClose={onClose}
      foot={
        <SubmitFoot
          form={form}
          busy={save.isPending}
          disabled={draft.name.trim() === ""}
          action={view ? t.views.saveEdit : t.views.save}
          onCancel={onClose}
        />
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {!view && <p className="soft">{t.views.newLead}</p>}
        <Refused error={save.error} withFields={!problem?.about("name")} />
        <Field
          label={t.views.name}
          hint={t.views.nameHint}
          value={draft.name}
          onChange={(name) => change({ name })}
          error={problem?.allAbout("name")}
          maxLength={100}
          autoComplete="off"
          autoFocus
          required
        />
        {(mayShare || draft.isShared) && (
          <Rule
            label={t.views.share}
            why={t.views.shareWhy}
            isOn={draft.isShared}
            onChange={(isShared) => change({ isShared })}
          />
        )}
      </form>
    </Dialog>
  );
}
