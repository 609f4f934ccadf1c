import type { OverviewRow } from "../../api/overview";
import { addDays } from "../../format/dates";

type Change = NonNullable<OverviewRow["change_7"]>;

/** By how much the change differs from the one before, as a share of it; null where a share would mislead. */
export function shareOfChange({ change, previous }: Change): number | null {
  return previous !== null && previous > 0 && change >= 0 ? change / previous - 1 : null;
}

const WEEK = 7;
export const WEEKS = 12;
const DAYS_AHEAD = 30;

/** The closes of days that are over on the account's clocks: one that is not would be drawn as a fall. */
export function wholeCloses({ sparkline, complete_until: until }: OverviewRow): OverviewRow["sparkline"] {
  return until === null ? [] : sparkline.filter((close) => close.fecha <= until);
}

/** Growth a day of each of the last weeks of whole days, the newest last; null where a close that it needs is absent. */
export function growthByWeek(closes: OverviewRow["sparkline"]): (number | null)[] {
  const last = closes.at(-1);
  if (!last) return [];
  const byDay = new Map(closes.map((close) => [close.fecha, close.seguidores]));
  return Array.from({ length: WEEKS }, (_, at) => {
    const end = addDays(last.fecha, -WEEK * (WEEKS - 1 - at));
    const to = byDay.get(end);
    const from = byDay.get(addDays(end, -WEEK));
    return to === undefined || from === undefined ? null : (to - from) / WEEK;
  });
}

/** Growth a day that is expected over the days of the forecast, with its interval. */
export interface Ahead {
  expected: number;
  lower: number;
  upper: number;
}

export function growthAhead({ forecast_30: forecast }: OverviewRow): Ahead | null {
  if (!forecast) return null;
  const now = forecast.prediction - forecast.expected_change;
  return {
    expected: forecast.expected_change / DAYS_AHEAD,
    lower: (forecast.lower - now) / DAYS_AHEAD,
    upper: (forecast.upper - now) / DAYS_AHEAD,
  };
}
