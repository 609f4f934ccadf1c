import { useDeleteField, type Table, type TableField } from "../../api/tables";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { PointersNote } from "./PointersNote";
import { Refused } from "./Refused";
import { usePointers } from "./usePointers";

interface Props {
  table: Table;
  field: TableField;
  onClose: () => void;
}

/** Puts a field into the trash, after saying what that means. */
export function DeleteField({ table, field, onClose }: Props) {
  const t = useText().definition;
  const toast = useToast();
  const remove = useDeleteField(table.id);
  const pointers = usePointers(table, field);
  const confirm = () =>
    remove.mutate(field.id, {
      onSuccess: () => {
        toast("ok", t.removed(field.display_name));
        onClose();
      },
    });
  return (
    <ConfirmDialog
      title={t.removeTitle(field.display_name)}
      action={t.removeDo}
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="soft">{t.removeBody}</p>
      <PointersNote what={t.removePointed} pointers={pointers} />
      {field.is_required && <p className="soft">{t.removeRequired}</p>}
      <Refused error={remove.error} withFields />
    </ConfirmDialog>
  );
}
