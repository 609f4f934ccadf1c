import { useRevertRecord, type TableRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Refused } from "./Refused";

interface Props {
  table: Table;
  record: TableRecord;
  /** The revision to go back to. */
  to: number;
  onClose: () => void;
}

/** Gives a record the values that it had once, after asking. */
export function RevertDialog({ table, record, to, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const revert = useRevertRecord(table.id);
  const number = format.number(to);
  const confirm = () =>
    revert.mutate(
      { record: record.id, revision: record.revision, to },
      {
        onSuccess: () => {
          toast("ok", t.records.reverted(number));
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog
      title={t.records.revertTitle(number)}
      action={t.records.revert}
      busy={revert.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="soft">{t.records.revertBody}</p>
      <Refused error={revert.error} withFields />
    </ConfirmDialog>
  );
}
