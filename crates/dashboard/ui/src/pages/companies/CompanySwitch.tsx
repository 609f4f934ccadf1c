import { useChangeCompany, type Company } from "../../api/companies";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { Dialog } from "../../components/Dialog";
import { useToast } from "../../components/Toast";
import { useRefusal } from "../../components/useRefusal";
import { useText } from "../../i18n/text";

interface Props {
  company: Company;
  onClose: () => void;
}

/** Puts everybody of a company out: its name has to be typed. */
export function SuspendCompany({ company, onClose }: Props) {
  const t = useText();
  const { set, isBusy, refusal } = useSwitch({ company, onClose });
  const name = company.empresa_nombre;
  return (
    <ConfirmDialog
      title={t.companies.suspendTitle(name)}
      action={t.companies.suspend}
      typed={name}
      busy={isBusy}
      onConfirm={() => set(false)}
      onClose={onClose}
    >
      <p>{t.companies.suspendBody}</p>
      {refusal}
    </ConfirmDialog>
  );
}

export function ResumeCompany({ company, onClose }: Props) {
  const t = useText();
  const { set, isBusy, refusal } = useSwitch({ company, onClose });
  return (
    <Dialog
      title={t.companies.resumeTitle(company.empresa_nombre)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button look="primary" busy={isBusy} onClick={() => set(true)}>
            {t.companies.resume}
          </Button>
        </>
      }
    >
      <p>{t.companies.resumeBody}</p>
      {refusal}
    </Dialog>
  );
}

function useSwitch({ company, onClose }: Props) {
  const t = useText();
  const toast = useToast();
  const change = useChangeCompany(company.empresa_id);
  const text = useRefusal(change.error, t.companies);
  const name = company.empresa_nombre;
  const set = (active: boolean) =>
    change.mutate(
      { shown: company, patch: { activo: active } },
      {
        onSuccess: () => {
          toast("ok", active ? t.companies.resumedDone(name) : t.companies.suspendedDone(name));
          onClose();
        },
      },
    );
  const refusal = text && (
    <Note tone="bad" icon="alert" role="alert">
      {text}
    </Note>
  );
  return { set, isBusy: change.isPending, refusal };
}
