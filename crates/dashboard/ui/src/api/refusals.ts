import type { Problem } from "./problem";
import type { RecordChange } from "./records";

/** A value that breaks a rule. */
export interface Refusal {
  record: string;
  field: string;
  message: string;
}

const PLACE = /^update\[(\d+)\]\.data\.([\da-f-]+)/;

/** Which values of which records a refusal is about; none where it is about something else. */
export function refusalsIn(problem: Problem, changes: readonly RecordChange[]): Refusal[] {
  return problem.fields.flatMap(({ field, message }) => {
    const [, place, name] = PLACE.exec(field) ?? [];
    const change = changes[Number(place)];
    return change && name !== undefined ? [{ record: change.record, field: name, message }] : [];
  });
}

/** The changes without the values that were refused. */
export function withoutRefused(changes: readonly RecordChange[], refused: readonly Refusal[]): RecordChange[] {
  const bad = new Set(refused.map(({ record, field }) => `${record}/${field}`));
  return changes.flatMap((change) => {
    const data = Object.fromEntries(
      Object.entries(change.data).filter(([field]) => !bad.has(`${change.record}/${field}`)),
    );
    return Object.keys(data).length > 0 ? [{ ...change, data }] : [];
  });
}
