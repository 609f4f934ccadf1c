import { useId, useState } from "react";
import { Link } from "wouter";
import { useCreateAccount } from "../../api/accounts";
import { Dialog } from "../../components/Dialog";
import { SubmitFoot } from "../../components/SubmitFoot";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { accountPath } from "../../shell/navigation";
import { AccountForm, NO_FIELDS, type AccountFields } from "./AccountForm";

/** Adds an account; what was typed is kept until it is added. */
export function useAddAccount(onAdded: () => void) {
  const t = useText();
  const toast = useToast();
  const create = useCreateAccount();
  const [fields, setFields, clear] = useDraft<AccountFields>("account/new", NO_FIELDS);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const cuenta = fields.cuenta.trim().replace(/^@/, "");
  const add = () => {
    const body = {
      cuenta,
      nombre: fields.nombre.trim() || cuenta,
      plataforma: fields.plataforma || null,
      zona_horaria: fields.zona_horaria || null,
    };
    create.mutate(
      { body, key },
      {
        onSuccess: () => {
          clear();
          toast("ok", t.accounts.added(cuenta), <Link href={accountPath(cuenta, "data")}>{t.accounts.addedNext}</Link>);
          onAdded();
        },
        // A refused request with another body is another request.
        onSettled: () => setKey(crypto.randomUUID()),
      },
    );
  };
  return { fields, setFields, add, canAdd: cuenta !== "", isBusy: create.isPending, error: create.error };
}

export function NewAccount({ onClose }: { onClose: () => void }) {
  const t = useText();
  const id = useId();
  const form = useAddAccount(onClose);
  return (
    <Dialog
      title={t.accounts.add}
      icon="plus"
      onClose={onClose}
      foot={
        <SubmitFoot form={id} busy={form.isBusy} disabled={!form.canAdd} action={t.accounts.add} onCancel={onClose} />
      }
    >
      <AccountForm
        id={id}
        fields={form.fields}
        onChange={form.setFields}
        onSubmit={form.add}
        error={form.error}
        isNew
      />
    </Dialog>
  );
}
