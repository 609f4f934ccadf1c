import { useDeleteReadings, type Reading } from "../../../api/observations";
import { ConfirmDialog } from "../../../components/ConfirmDialog";
import { useToast } from "../../../components/Toast";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { RemoveFailed } from "./RemoveFailed";

interface Props {
  handle: string;
  reading: Reading;
  onClose: () => void;
}

export function RemoveOne({ handle, reading, onClose }: Props) {
  const t = useText().data.remove;
  const format = useFormat();
  const toast = useToast();
  const remove = useDeleteReadings(handle);
  const confirm = () =>
    remove.mutate(
      { from: reading.hora, to: reading.hora },
      {
        onSuccess: ({ deleted }) => {
          toast("ok", t.removed(deleted, format.number(deleted)));
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog
      title={t.one}
      action={t.action(1, format.number(1))}
      typed={handle}
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="soft">{t.oneWhat(format.reading(reading.hora), format.number(reading.seguidores))}</p>
      <RemoveFailed error={remove.error} />
    </ConfirmDialog>
  );
}
