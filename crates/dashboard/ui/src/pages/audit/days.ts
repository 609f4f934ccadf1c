import type { AuditEntry } from "../../api/audit";
import { dayIn, type Day } from "../../format/dates";

export interface DayOfLog {
  day: Day;
  entries: AuditEntry[];
}

/** The entries of the log, which come newest first, by the day that each has in a zone. */
export function byDay(entries: readonly AuditEntry[], zone: string): DayOfLog[] {
  const days: DayOfLog[] = [];
  for (const entry of entries) {
    const day = dayIn(new Date(entry.at), zone);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}
