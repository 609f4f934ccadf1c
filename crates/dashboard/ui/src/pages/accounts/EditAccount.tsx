import { useId, useState } from "react";
import { useAccount, useChangeAccount, type ReadAccount } from "../../api/accounts";
import { KEPT_DAYS } from "../../api/limits";
import { Problem } from "../../api/problem";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Loaded } from "../../components/States";
import { SubmitFoot } from "../../components/SubmitFoot";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { useZone } from "../../session/zone";
import { DeleteAccount } from "./DeleteAccount";
import { AccountForm, type AccountFields } from "./AccountForm";

interface Props {
  handle: string;
  onClose: () => void;
}

/** Changes what is shown of an account: name, network, zone. Here it is deleted, too. */
export function EditAccount({ handle, onClose }: Props) {
  const t = useText();
  const id = useId();
  const query = useAccount(handle);
  const change = useChangeAccount(handle);
  const [deleting, setDeleting] = useState<"no" | "asked" | "overtaken">("no");
  const hasConflict = change.error instanceof Problem && change.error.status === 412;
  if (deleting === "asked" && query.data) {
    return (
      <DeleteAccount
        handle={handle}
        etag={query.data.etag}
        onOvertaken={() => {
          setDeleting("overtaken");
          void query.refetch();
        }}
        onDeleted={onClose}
        onClose={() => setDeleting("no")}
      />
    );
  }
  return (
    <Dialog
      title={t.accounts.edit(handle)}
      icon="edit"
      onClose={onClose}
      foot={
        <SubmitFoot
          form={id}
          busy={change.isPending}
          disabled={!query.data}
          action={t.common.save}
          onCancel={onClose}
        />
      }
    >
      {(hasConflict || deleting === "overtaken") && (
        <Note tone="warn" icon="alert" role="alert">
          {hasConflict ? t.accounts.conflict : t.deleted.overtakenAccount}
        </Note>
      )}
      <Loaded query={query}>
        {(read) => (
          <>
            <EditForm
              key={read.etag}
              id={id}
              read={read}
              change={change}
              error={hasConflict ? null : change.error}
              onConflict={() => void query.refetch()}
              onClose={onClose}
            />
            <div className="stack-s apart">
              <p className="hint">{t.deleted.accountWhy(KEPT_DAYS)}</p>
              <div>
                <Button small look="danger" icon="trash" onClick={() => setDeleting("asked")}>
                  {t.deleted.account}
                </Button>
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

interface FormProps {
  id: string;
  read: ReadAccount;
  change: ReturnType<typeof useChangeAccount>;
  error: unknown;
  onConflict: () => void;
  onClose: () => void;
}

function EditForm({ id, read: { account, etag }, change, error, onConflict, onClose }: FormProps) {
  const t = useText();
  const toast = useToast();
  const companyZone = useZone();
  const [fields, setFields, clear] = useDraft<AccountFields>(`account/${account.cuenta}/${etag}`, {
    cuenta: account.cuenta,
    nombre: account.nombre,
    plataforma: account.plataforma ?? "",
    zona_horaria: account.zona_horaria ?? "",
  });
  const save = () =>
    change.mutate(
      {
        etag,
        body: {
          nombre: fields.nombre.trim(),
          plataforma: fields.plataforma || null,
          // Nothing would leave it as it is: the company's zone is named.
          zona_horaria: fields.zona_horaria || (account.zona_horaria && companyZone),
        },
      },
      {
        onSuccess: () => {
          clear();
          toast("ok", t.accounts.changed);
          onClose();
        },
        onError: (refusal) => refusal instanceof Problem && refusal.status === 412 && onConflict(),
      },
    );
  return <AccountForm id={id} fields={fields} onChange={setFields} onSubmit={save} error={error} isNew={false} />;
}
