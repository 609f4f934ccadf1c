import { useState } from "react";
import { Problem } from "../../api/problem";
import { useDeleteRecord, useRestoreRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";

interface Removed {
  record: string;
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
  return ({ record, name, isLeft = false, onDone }: Removed) =>
    remove.mutate(record, {
      onSuccess: () => {
        const undo = () => restore.mutateAsync(record).catch((error: Error) => refuse(name, error));
        toast("ok", t.records.removed(name), <Undo onUndo={undo} />, { stays: !isLeft });
        onDone();
      },
      onError: (error) => refuse(name, error),
    });
}

function Undo({ onUndo }: { onUndo: () => Promise<unknown> }) {
  const t = useText();
  const [state, setState] = useState<"offered" | "busy" | "done">("offered");
  if (state === "done") return <p>{t.records.undone}</p>;
  const undo = () => {
    setState("busy");
    void onUndo().then(() => setState("done"));
  };
  return (
    <Button small icon="history" className="undo" busy={state === "busy"} onClick={undo}>
      {t.records.undo}
    </Button>
  );
}
