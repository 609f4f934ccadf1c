import { useMemo } from "react";
import { useStoredDays, type Trial } from "../../../api/observations";
import { addDays, type Day } from "../../../format/dates";
import { linesOf } from "./errorLines";
import { dayOfLine, NEAR } from "./slips";

/** So far apart the days of bad lines are not asked for at once. */
const MOST = 1_000;

/** The followers of days around bad lines: those of the table, and else those that are stored. */
export function useDaysAround(handle: string, trial: Trial): ReadonlyMap<Day, number> {
  const days = useMemo(
    () =>
      linesOf(trial.errors)
        .flatMap((line) => dayOfLine(line, trial) ?? [])
        .sort(),
    [trial],
  );
  const [first, last] = [days[0], days.at(-1)];
  const from = first && addDays(first, -NEAR);
  const to = last && addDays(last, NEAR);
  const isAsked = from !== undefined && to !== undefined && to < addDays(from, MOST);
  const stored = useStoredDays(handle, from ?? "", to ?? "", isAsked);
  return useMemo(() => {
    const known = isAsked ? (stored.data?.days ?? []) : [];
    return new Map([...known, ...trial.preview].map(({ fecha, seguidores }) => [fecha, seguidores]));
  }, [isAsked, stored.data, trial]);
}
