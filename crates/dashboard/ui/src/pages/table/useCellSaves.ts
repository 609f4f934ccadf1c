import { useRef, useState } from "react";
import { Conflict, useChangeRecord, type Data, type TableRecord } from "../../api/records";
import { Problem } from "../../api/problem";
import type { Table, TableField } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { isAsRead, valueOf } from "./values";

/** A cell whose text is not stored, or not yet. */
export interface Unsaved {
  text: string;
  /** Why it was not stored; absent while it is being stored. */
  refusal?: string;
}

export interface CellConflict {
  record: TableRecord;
  field: TableField;
  text: string;
  data: Data;
  conflict: Conflict;
}

export const cellKey = (record: string, field: string): string => `${record}/${field}`;

/** Stores cells one by one, those of one record after another; the person goes on meanwhile. */
export function useCellSaves(table: Table) {
  const t = useText();
  const format = useFormat();
  const change = useChangeRecord(table.id);
  const [unsaved, setUnsaved] = useState<Readonly<Record<string, Unsaved>>>({});
  const [conflict, setConflict] = useState<CellConflict | null>(null);
  const queues = useRef(new Map<string, Promise<void>>());
  // What this page itself wrote of a record since it was shown.
  const written = useRef(new Map<string, number>());

  const mark = (key: string, state: Unsaved | null) =>
    setUnsaved((all) => {
      const rest = Object.fromEntries(Object.entries(all).filter(([one]) => one !== key));
      return state ? { ...rest, [key]: state } : rest;
    });

  const write = async (record: TableRecord, field: TableField, text: string, data: Data, least: number) => {
    const key = cellKey(record.id, field.id);
    try {
      const revision = Math.max(least, written.current.get(record.id) ?? 0);
      const changed = await change.mutateAsync({ record: record.id, revision, data });
      written.current.set(record.id, changed.revision);
      mark(key, null);
    } catch (error) {
      if (error instanceof Conflict) setConflict({ record, field, text, data, conflict: error });
      const problem = error instanceof Problem ? error : null;
      const rule = problem?.allAbout(`data.${field.id}`);
      mark(key, {
        text,
        refusal: error instanceof Conflict ? t.records.conflict : (rule ?? problem?.message ?? t.shell.lost),
      });
    }
  };
  const queue = (record: TableRecord, field: TableField, text: string, data: Data, revision: number) => {
    mark(cellKey(record.id, field.id), { text });
    const before = queues.current.get(record.id) ?? Promise.resolve();
    queues.current.set(
      record.id,
      before.then(() => write(record, field, text, data, revision)),
    );
  };

  return {
    unsaved,
    conflict,
    save: (record: TableRecord, field: TableField, text: string) => {
      const key = cellKey(record.id, field.id);
      if (isAsRead(field, record.data[field.id], text, format)) return mark(key, null);
      const typed = valueOf(field, text, format);
      if (typed.broken) return mark(key, { text, refusal: t.values.broken[typed.broken] });
      queue(record, field, text, { [field.id]: typed.value }, record.revision);
    },
    /** Back to what is stored. */
    leave: (record: string, field: string) => mark(cellKey(record, field), null),
    keepMine: () => {
      if (!conflict) return;
      const { record, field, text, data } = conflict;
      setConflict(null);
      queue(record, field, text, data, conflict.conflict.current.revision);
    },
    keepTheirs: () => {
      if (conflict) mark(cellKey(conflict.record.id, conflict.field.id), null);
      setConflict(null);
    },
  };
}

export type CellSaves = ReturnType<typeof useCellSaves>;
