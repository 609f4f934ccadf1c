import type { Table } from "../../../api/tables";
import { useDeleteView, type View } from "../../../api/views";
import { ConfirmDialog } from "../../../components/ConfirmDialog";
import { useToast } from "../../../components/Toast";
import { useText } from "../../../i18n/text";
import { Refused } from "../Refused";
import type { GridAddress } from "../useGridAddress";

interface Props {
  table: Table;
  address: GridAddress;
  view: View;
  onClose: () => void;
}

/** Deletes a view, after saying what that means. */
export function DeleteView({ table, address, view, onClose }: Props) {
  const t = useText();
  const toast = useToast();
  const remove = useDeleteView(table.id);
  const confirm = () =>
    remove.mutate(view.id, {
      onSuccess: () => {
        toast("ok", t.views.removed(view.name));
        address.leaveView();
        onClose();
      },
    });
  return (
    <ConfirmDialog
      title={t.views.removeTitle(view.name)}
      action={t.views.removeDo}
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="soft">{t.views.removeBody}</p>
      {view.shared && <p className="soft">{t.views.removeShared}</p>}
      <Refused error={remove.error} withFields />
    </ConfirmDialog>
  );
}
