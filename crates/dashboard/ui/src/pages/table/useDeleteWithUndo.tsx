import { Problem } from "../../api/problem";
import { Conflict, useDeleteRecord, useRestoreRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { Undo } from "./Undo";

interface Removed {
  record: string;
  /** The revision that was shown. */
  revision: number;
  name: string;
  /** Another screen opens then; what stays on this one would leave with it. */
  isLeft?: boolean;
  onDone: () => void;
}

/** Puts a record into the trash at once, and offers the way back. */
export function useDeleteWithUndo(table: Table) {
  const t = useText();
  const toast = useToast();
  const remove = useDeleteRecord(table.id);
  const restore = useRestoreRecord(table.id);
  const refuse = (name: string, error: Error) =>
    toast("bad", `${name}: ${t.records.notSaved}`, error instanceof Problem ? error.message : t.shell.lost);
  const refuseDeletion = (name: string, error: Error) =>
    error instanceof Conflict ? toast("bad", t.records.notDeleted(name), t.records.notDeletedWhy) : refuse(name, error);
  return ({ record, revision, name, isLeft = false, onDone }: Removed) =>
    remove.mutate(
      { record, revision },
      {
        onSuccess: () => {
          const undo = () =>
            restore.mutateAsync(record).then(
              () => toast("ok", t.records.restored(name)),
              (error: Error) => refuse(name, error),
            );
          toast("ok", t.records.removed(name), <Undo onUndo={undo} />, { stays: !isLeft });
          onDone();
        },
        onError: (error) => refuseDeletion(name, error),
      },
    );
}
