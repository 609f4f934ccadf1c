import { useDeleteModel } from "../../api/models";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { Refusal } from "./Refusal";

export function DeleteModel({ handle, onClose }: { handle: string; onClose: () => void }) {
  const t = useText();
  const show = useToast();
  const remove = useDeleteModel(handle);
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        show("ok", t.model.deleteDone(handle));
        onClose();
      },
    });
  return (
    <ConfirmDialog
      title={t.model.deleteTitle(handle)}
      action={t.model.delete}
      typed={handle}
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t.model.deleteText}</p>
      {remove.isError && <Refusal error={remove.error} />}
    </ConfirmDialog>
  );
}
