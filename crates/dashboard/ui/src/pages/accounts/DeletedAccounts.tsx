import { useDeletedAccounts, useRestoreAccount } from "../../api/accounts";
import { DeletedCard } from "../../components/DeletedCard";
import { useToast } from "../../components/Toast";
import { platformName } from "../../format/platform";
import { useText } from "../../i18n/text";

/** Accounts that were deleted within the last days, and the way back. */
export function DeletedAccounts() {
  const t = useText();
  const toast = useToast();
  const accounts = useDeletedAccounts();
  const restore = useRestoreAccount();
  return (
    <DeletedCard
      title={t.deleted.accounts}
      items={accounts.data?.map(({ cuenta, nombre, plataforma, fecha_eliminacion }) => ({
        id: cuenta,
        name: cuenta,
        about: [nombre !== cuenta && nombre, platformName(plataforma)].filter(Boolean).join(" · "),
        at: fecha_eliminacion,
      }))}
      error={accounts.error}
      onRetry={() => void accounts.refetch()}
      restore={restore}
      onRestored={({ name }) => toast("ok", t.deleted.restoredAccount(name))}
    />
  );
}
