import type { Goal } from "../../api/goal";
import { dayNumber, dayOf } from "../../format/dates";
import type { Format } from "../../format/useFormat";
import type { Dictionary } from "../../i18n/es";
import type { Comparison, Timeline } from "./timeline";

export interface ExtraColumn {
  key: "index" | "before" | "beforeIndex" | "goal";
  name: string;
  /** What stands in the row of a day; empty where the chart draws nothing. */
  read: (at: number) => string;
}

interface Drawn {
  timeline: Timeline;
  comparison: Comparison | null;
  /** What makes the first value in view 100, of the account and of the period before; null where followers are shown. */
  index: number | null;
  indexBefore: number | null;
  /** Null where no goal is drawn. */
  goal: number | null;
  t: Dictionary;
  f: Format;
}

/** What the chart draws beside history and forecast has a column of its own, in the order in which it is read. */
export function extraColumns({ timeline, comparison, index, indexBefore, goal, t, f }: Drawn): ExtraColumn[] {
  const { days, history, forecast, unfinished } = timeline;
  const written = (value: number | null | undefined, write: (value: number) => string) =>
    value === null || value === undefined ? "" : write(value);
  const drawn = (at: number) => {
    const observed = unfinished?.day === days[at] ? unfinished?.value : history[at];
    return observed ?? forecast[at];
  };
  const columns: ExtraColumn[] = [];
  if (index !== null) {
    const read = (at: number) => written(drawn(at), (value) => f.number(value * index, 2));
    columns.push({ key: "index", name: t.account.index, read });
  }
  if (comparison) {
    const { values, by } = comparison;
    const told = (at: number, value: number) =>
      t.account.beforeOn(f.number(value), f.shortDay(dayOf((days[at] ?? 0) - by)));
    const read = (at: number) => written(values[at], (value) => told(at, value));
    columns.push({ key: "before", name: t.account.periodBefore, read });
    if (indexBefore !== null) {
      const readIndex = (at: number) => written(values[at], (value) => f.number(value * indexBefore, 2));
      columns.push({ key: "beforeIndex", name: t.account.indexBefore, read: readIndex });
    }
  }
  if (goal !== null) {
    const read = (at: number) => written(drawn(at), (value) => f.signed(value - goal));
    columns.push({ key: "goal", name: t.account.versusGoal(f.number(goal)), read });
  }
  return columns;
}

/** What the goal line marks on a day. */
export function goalNotes(day: number, dates: Goal["dates"] | null, t: Dictionary, f: Format): string[] {
  const marks = [
    [dates?.p10, t.account.goalEarliest(f.percent(80))],
    [dates?.p50, t.account.goalMiddle],
    [dates?.p90, t.account.goalLatest(f.percent(80))],
  ] as const;
  return marks.flatMap(([date, words]) => (date && dayNumber(date) === day ? [t.account.goalNote(words)] : []));
}
