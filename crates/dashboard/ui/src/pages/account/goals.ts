import type { PathRow } from "../../api/forecasts";
import type { Goal } from "../../api/goal";
import type { Day } from "../../format/dates";

/** A goal of so many times what there is may be a slip of the keys. */
const FAR = 100;

export const isFarGoal = (goal: number, now: number): boolean => goal > FAR * Math.max(now, 1);

/** Digits with whatever separates thousands; NaN for anything else. */
export const numberOf = (typed: string): number => Number(typed.replaceAll(/[\s,.\u00a0]/g, "") || NaN);

/** Days that a chart shows after the goal. */
const MARGIN = 7;

/** The horizon at which a chart shows when a goal is reached; null where it does already, and where no forecast does. */
export function horizonFor(dates: Goal["dates"], all: readonly PathRow[], horizon: number): number | null {
  const last = all.at(-1)?.horizon_days;
  if (dates.p50 === null || last === undefined) return null;
  const latest = dates.p90 === null ? undefined : all.find(({ fecha }) => fecha === dates.p90)?.horizon_days;
  const needed = Math.min(last, latest === undefined ? last : latest + MARGIN);
  return needed > horizon && (latest ?? last) > horizon ? needed : null;
}

/** What is expected to be gained in about half a year. */
export const gainOver = (all: readonly PathRow[], now: number): number =>
  (all[Math.min(199, all.length - 1)]?.prediction ?? now) - now;

/** A day of an address, if the forecast reaches it. */
export function clampedDay(day: Day | null, all: readonly PathRow[]): Day | null {
  const [first, last] = [all[0]?.fecha, all.at(-1)?.fecha];
  return day && first && last && day >= first && day <= last ? day : null;
}
