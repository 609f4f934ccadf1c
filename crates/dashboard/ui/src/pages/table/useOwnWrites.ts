import { useRef } from "react";
import type { Data, TableRecord } from "../../api/records";
import type { TableField } from "../../api/tables";
import { wireOf, type Wire } from "./values";

/** What a change replaced: the values that a record had before. */
export interface Replaced {
  record: string;
  data: Data;
}

/** The values that a record has in some fields, as they can be written again. */
export const valuesBefore = (record: TableRecord, fields: readonly TableField[]): Replaced => ({
  record: record.id,
  data: Object.fromEntries(fields.map((field): [string, Wire] => [field.id, wireOf(field, record.data[field.id])])),
});

/** What this page wrote: up to which revision a record is its own, and what can be undone, the latest last. */
export function useOwnWrites() {
  const revisions = useRef(new Map<string, number>());
  const steps = useRef<(readonly Replaced[])[]>([]);
  return {
    note: (records: readonly TableRecord[]) =>
      records.forEach(({ id, revision }) => revisions.current.set(id, revision)),
    /** The revision over which a record may be written, if it was shown at `shown`. */
    revision: (record: string, shown: number) => Math.max(shown, revisions.current.get(record) ?? 0),
    remember: (step: readonly Replaced[]) => steps.current.push(step),
    /** Takes the given step, or the latest, off what can be undone. */
    take: (step = steps.current.at(-1)): readonly Replaced[] => {
      const is = (one: readonly Replaced[]) => one === step;
      if (!step || !steps.current.some(is)) return [];
      steps.current = steps.current.filter((one) => !is(one));
      return step;
    },
  };
}

export type OwnWrites = ReturnType<typeof useOwnWrites>;
