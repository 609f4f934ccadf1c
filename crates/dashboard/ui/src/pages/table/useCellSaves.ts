import { useRef, useState } from "react";
import { Conflict, useChangeRecord, type Data, type TableRecord } from "../../api/records";
import { Problem } from "../../api/problem";
import type { Table, TableField } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { valuesBefore, type OwnWrites } from "./useOwnWrites";
import type { Unsaveds } from "./useUnsaved";
import { isAsRead, valueOf } from "./values";

export interface CellConflict {
  record: TableRecord;
  field: TableField;
  text: string;
  data: Data;
  conflict: Conflict;
}

/** Stores cells one by one, those of one record after another; the person goes on meanwhile. */
export function useCellSaves(table: Table, { mark: markAll }: Unsaveds, own: OwnWrites) {
  const t = useText();
  const format = useFormat();
  const change = useChangeRecord(table.id);
  const [conflict, setConflict] = useState<CellConflict | null>(null);
  const queues = useRef(new Map<string, Promise<void>>());
  const mark = (record: string, field: string, state: { text: string; refusal?: string } | null) =>
    markAll([{ record, field, state }]);

  const write = async (record: TableRecord, field: TableField, text: string, data: Data, least: number) => {
    try {
      const revision = own.revision(record.id, least);
      const changed = await change.mutateAsync({ record: record.id, revision, data });
      own.note([changed]);
      own.remember([valuesBefore(record, [field])]);
      mark(record.id, field.id, null);
    } catch (error) {
      if (error instanceof Conflict) setConflict({ record, field, text, data, conflict: error });
      const problem = error instanceof Problem ? error : null;
      const rule = problem?.allAbout(`data.${field.id}`);
      mark(record.id, field.id, {
        text,
        refusal: error instanceof Conflict ? t.records.conflict : (rule ?? problem?.message ?? t.shell.lost),
      });
    }
  };
  const queue = (record: TableRecord, field: TableField, text: string, data: Data, revision: number) => {
    mark(record.id, field.id, { text });
    const before = queues.current.get(record.id) ?? Promise.resolve();
    queues.current.set(
      record.id,
      before.then(() => write(record, field, text, data, revision)),
    );
  };

  return {
    conflict,
    save: (record: TableRecord, field: TableField, text: string) => {
      if (isAsRead(field, record.data[field.id], text, format)) return mark(record.id, field.id, null);
      const typed = valueOf(field, text, format);
      if (typed.broken) return mark(record.id, field.id, { text, refusal: t.values.broken[typed.broken] });
      queue(record, field, text, { [field.id]: typed.value }, record.revision);
    },
    /** The revision at which a record is shown once its own cells are stored. */
    settled: async ({ id, revision }: TableRecord): Promise<number> => {
      await queues.current.get(id);
      return own.revision(id, revision);
    },
    /** Back to what is stored. */
    leave: (record: string, field: string) => mark(record, field, null),
    keepMine: () => {
      if (!conflict) return;
      const { field, text, data } = conflict;
      const { current } = conflict.conflict;
      setConflict(null);
      queue(current, field, text, data, current.revision);
    },
    keepTheirs: () => {
      if (conflict) mark(conflict.record.id, conflict.field.id, null);
      setConflict(null);
    },
  };
}

export type CellSaves = ReturnType<typeof useCellSaves>;
