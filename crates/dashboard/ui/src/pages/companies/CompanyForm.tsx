import { Overtaken } from "../../api/overtaken";
import { useChangeCompany, useCreateCompany, type Company } from "../../api/companies";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { CompanyDialog, type CompanyDraft } from "./CompanyDialog";

const USUAL_ZONE = "America/Lima";

export function NewCompany({ onClose }: { onClose: (created: Company | null) => void }) {
  const t = useText();
  const toast = useToast();
  const create = useCreateCompany();
  const [draft, setDraft, forget] = useDraft("companies.new", { name: "", zone: USUAL_ZONE });
  const save = () =>
    create.mutate(
      { empresa_nombre: draft.name.trim(), zona_horaria: draft.zone },
      {
        onSuccess: (company) => {
          forget();
          toast("ok", t.companies.createdDone(company.empresa_nombre), t.companies.createdNext);
          onClose(company);
        },
      },
    );
  return (
    <CompanyDialog
      title={t.companies.newTitle}
      action={t.companies.create}
      draft={draft}
      onDraft={setDraft}
      error={create.error}
      busy={create.isPending}
      ready={draft.name.trim() !== ""}
      onSave={save}
      onClose={() => onClose(null)}
    />
  );
}

export function EditCompany({ company, onClose }: { company: Company; onClose: () => void }) {
  const t = useText();
  const toast = useToast();
  const change = useChangeCompany(company.empresa_id);
  const [draft, setDraft, forget] = useDraft<Partial<CompanyDraft> & { shown?: Company }>(
    `companies.${company.empresa_id}`,
    {},
  );
  // As it was when the draft was begun: what others change since then is not written over.
  const shown = draft.shown ?? company;
  const name = draft.name ?? shown.empresa_nombre;
  const zone = draft.zone ?? shown.zona_horaria;
  const patch = {
    ...(name.trim() !== shown.empresa_nombre && { empresa_nombre: name.trim() }),
    ...(zone !== shown.zona_horaria && { zona_horaria: zone }),
  };
  const save = () =>
    change.mutate(
      { shown, patch },
      {
        onSuccess: () => {
          forget();
          toast("ok", t.companies.saved(name.trim()));
          onClose();
        },
        onError: (error) => error instanceof Overtaken && forget(),
      },
    );
  return (
    <CompanyDialog
      title={t.companies.editTitle(company.empresa_nombre)}
      action={t.people.save}
      draft={{ name, zone }}
      onDraft={(next) => setDraft({ ...next, shown })}
      warning={patch.zona_horaria && t.companies.zoneChange}
      error={change.error}
      busy={change.isPending}
      ready={Object.keys(patch).length > 0 && name.trim() !== ""}
      onSave={save}
      onClose={onClose}
    />
  );
}
