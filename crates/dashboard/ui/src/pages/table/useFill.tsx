import { Problem } from "../../api/problem";
import type { Table } from "../../api/tables";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Undo } from "./Undo";
import { useManySaves, type Filled } from "./useManySaves";
import type { OwnWrites, Replaced } from "./useOwnWrites";
import type { Unsaveds } from "./useUnsaved";

/** Stores texts in many cells, says what became of it, and takes it back. */
export function useFill(table: Table, unsaveds: Unsaveds, own: OwnWrites) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const many = useManySaves(table, unsaveds, own);

  const undo = async (step?: readonly Replaced[]) => {
    const taken = own.take(step);
    if (taken.length === 0) return;
    try {
      const left = await many.undo(taken);
      toast(left > 0 ? "bad" : "ok", left > 0 ? t.records.undoneLeft(format.number(left)) : t.records.undoneCells);
    } catch (error) {
      own.remember(taken);
      toast("bad", t.records.notSaved, error instanceof Problem ? error.message : t.shell.lost);
    }
  };
  const fill = async (cells: readonly Filled[], lost: number) => {
    if (cells.length === 0) return toast("bad", t.records.nothingPasted);
    const { stored, refused, step } = await many.saveAll(cells);
    const notes = [
      refused > 0 && t.records.cellsRefused(format.number(refused), refused === 1),
      lost > 0 && t.records.cellsLost(format.number(lost), lost === 1),
    ];
    const detail = (
      <>
        {notes.filter(Boolean).map((note) => (
          <p key={String(note)}>{note}</p>
        ))}
        {step.length > 0 && <Undo onUndo={() => undo(step)} />}
      </>
    );
    toast(refused + lost > 0 ? "bad" : "ok", t.records.cellsStored(format.number(stored), stored === 1), detail);
  };
  return { fill, undo };
}
