import { useChangeRecords } from "../../api/manyRecords";
import { Problem } from "../../api/problem";
import type { RecordChange, TableRecord } from "../../api/records";
import type { Table, TableField } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { valuesBefore, type OwnWrites, type Replaced } from "./useOwnWrites";
import type { Unsaveds } from "./useUnsaved";
import { isAsRead, valueOf, type Wire } from "./values";

/** A cell and the text that it shall hold. */
export interface Filled {
  record: TableRecord;
  field: TableField;
  text: string;
  /** Why the text cannot be stored, where that is known already. */
  refusal?: string | undefined;
}

export interface Outcome {
  /** Cells that hold what they should. */
  stored: number;
  /** Cells that show why they do not. */
  refused: number;
  /** What undoes it. */
  step: readonly Replaced[];
}

/** Stores many cells at once; those that are refused keep their texts, and say why. */
export function useManySaves(table: Table, { mark }: Unsaveds, own: OwnWrites) {
  const t = useText();
  const format = useFormat();
  const change = useChangeRecords(table.id);

  const read = (cell: Filled): { cell: Filled; value?: Wire; refusal?: string } => {
    if (cell.refusal !== undefined) return { cell, refusal: cell.refusal };
    const typed = valueOf(cell.field, cell.text, format);
    return typed.broken ? { cell, refusal: t.values.broken[typed.broken] } : { cell, value: typed.value };
  };

  const saveAll = async (cells: readonly Filled[]): Promise<Outcome> => {
    const isNew = ({ record, field, text }: Filled) => !isAsRead(field, record.data[field.id], text, format);
    const all = cells.filter(isNew).map(read);
    const sound = all.filter(({ refusal }) => refusal === undefined);
    const show = (which: readonly { cell: Filled; refusal?: string }[]) =>
      mark(
        which.map(({ cell: { record, field, text }, refusal }) => ({
          record: record.id,
          field: field.id,
          state: refusal === undefined ? { text } : { text, refusal },
        })),
      );
    show(all);
    mark(
      cells
        .filter((cell) => !isNew(cell))
        .map(({ record, field }) => ({ record: record.id, field: field.id, state: null })),
    );
    try {
      const { stored, overtaken, refused } = await change.mutateAsync(changesOfCells(sound, own));
      own.note(stored);
      const refusalOf = ({ record, field }: Filled) =>
        overtaken.includes(record.id)
          ? t.records.conflict
          : refused.find((one) => one.record === record.id && one.field === field.id)?.message;
      const done = sound.filter(({ cell }) => refusalOf(cell) === undefined);
      const bad = sound.filter(({ cell }) => refusalOf(cell) !== undefined);
      mark(done.map(({ cell: { record, field } }) => ({ record: record.id, field: field.id, state: null })));
      show(bad.map(({ cell }) => ({ cell, refusal: refusalOf(cell) ?? t.shell.lost })));
      const step = replacedBy(done.map(({ cell }) => cell));
      if (step.length > 0) own.remember(step);
      const unchanged = cells.length - all.length;
      return { stored: done.length + unchanged, refused: all.length - done.length, step };
    } catch (error) {
      const refusal = error instanceof Problem ? error.message : t.shell.lost;
      show(sound.map(({ cell }) => ({ cell, refusal })));
      return { stored: 0, refused: all.length, step: [] };
    }
  };

  /** Gives records the values back that they had; tells how many could not be, because others wrote them since. */
  const undo = async (step: readonly Replaced[]): Promise<number> => {
    const changes = step.map(({ record, data }) => ({ record, data, revision: own.revision(record, 0) }));
    const { stored } = await change.mutateAsync(changes);
    own.note(stored);
    return step.length - stored.length;
  };
  return { saveAll, undo, isBusy: change.isPending };
}

function changesOfCells(cells: readonly { cell: Filled; value?: Wire }[], own: OwnWrites): RecordChange[] {
  const changes = new Map<string, RecordChange>();
  for (const { cell, value = null } of cells) {
    const { record, field } = cell;
    const { data } = changes.get(record.id) ?? { data: {} };
    const revision = own.revision(record.id, record.revision);
    changes.set(record.id, { record: record.id, revision, data: { ...data, [field.id]: value } });
  }
  return [...changes.values()];
}

function replacedBy(cells: readonly Filled[]): Replaced[] {
  const fields = new Map<TableRecord, TableField[]>();
  for (const { record, field } of cells) fields.set(record, [...(fields.get(record) ?? []), field]);
  return [...fields].map(([record, changed]) => valuesBefore(record, changed));
}

export type ManySaves = ReturnType<typeof useManySaves>;
