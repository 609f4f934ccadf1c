import { useDeleteAccount } from "../../api/accounts";
import { KEPT_DAYS } from "../../api/limits";
import { Problem } from "../../api/problem";
import { Note } from "../../components/Badge";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";

interface Props {
  handle: string;
  /** The very state of the account that was read. */
  etag: string | null;
  /** Somebody changed it meanwhile. */
  onOvertaken: () => void;
  onDeleted: () => void;
  onClose: () => void;
}

/** Asks before an account is deleted, and says what goes and what can be had back. */
export function DeleteAccount({ handle, etag, onOvertaken, onDeleted, onClose }: Props) {
  const t = useText();
  const toast = useToast();
  const remove = useDeleteAccount(handle);
  const confirm = () =>
    remove.mutate(etag, {
      onSuccess: () => {
        toast("ok", t.deleted.accountDone(handle));
        onDeleted();
      },
      onError: (refusal) => refusal instanceof Problem && refusal.status === 412 && onOvertaken(),
    });
  return (
    <ConfirmDialog
      title={t.deleted.accountTitle(handle)}
      action={t.deleted.action}
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t.deleted.accountGoes}</p>
      <p>{t.deleted.accountBack(KEPT_DAYS)}</p>
      <p className="soft">{t.deleted.accountAfter}</p>
      {remove.error && (
        <Note tone="bad" icon="alert" role="alert">
          {remove.error instanceof Problem ? remove.error.message : t.shell.lost}
        </Note>
      )}
    </ConfirmDialog>
  );
}
