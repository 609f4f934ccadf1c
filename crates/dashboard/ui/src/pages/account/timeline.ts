import type { Daily } from "../../api/daily";
import type { PathRow } from "../../api/forecasts";
import type { Values, View } from "../../charts/geometry";
import { dayNumber } from "../../format/dates";
import type { Range } from "./view";

/** Bounds of an interval, by days. */
interface Band {
  lower: Values;
  upper: Values;
}

/** History and forecast on one axis of days, without a gap: a day without a value has null. */
export interface Timeline {
  /** Days since 1970. */
  days: number[];
  /** What was observed last on each day that is over. */
  history: Values;
  /** The posts of each day. */
  posts: Values;
  /** The last day, while it is not over: what was observed so far. */
  unfinished: { day: number; value: number } | null;
  /** The last day with an observation. */
  until: number;
  /** From the last observation that the forecast knew. */
  forecast: Values;
  band80: Band;
  band95: Band;
  baseline: Values;
  /** The first day that is forecast; null without a forecast. */
  firstForecast: number | null;
}

/** Null where nothing was ever observed. */
export function timelineOf(daily: Daily, rows: readonly PathRow[]): Timeline | null {
  const observed = new Map(daily.days.map((day) => [dayNumber(day.fecha), day]));
  const forecasts = new Map(rows.map((row) => [dayNumber(row.fecha), row]));
  const known = [...observed.keys()];
  const [first, until] = [known[0], known.at(-1)];
  if (first === undefined || until === undefined) return null;
  const firstForecast = rows[0] ? dayNumber(rows[0].fecha) : null;
  const end = Math.max(until, ...(rows.length > 0 ? [...forecasts.keys()] : []));
  const days = Array.from({ length: end - first + 1 }, (_, at) => first + at);

  // Bands and lines of the forecast begin at the last observation that it knew, so that they hang on the history.
  const join = firstForecast === null ? null : firstForecast - 1;
  const joined = join === null ? null : (observed.get(join)?.seguidores ?? null);
  const forecastOf = (read: (row: PathRow) => number | undefined): Values =>
    days.map((day) => {
      const row = forecasts.get(day);
      return row ? (read(row) ?? null) : day === join ? joined : null;
    });
  const bandOf = (level: number): Band => ({
    lower: forecastOf((row) => row.intervals.find((interval) => interval.level === level)?.lower),
    upper: forecastOf((row) => row.intervals.find((interval) => interval.level === level)?.upper),
  });
  const last = observed.get(until);
  return {
    days,
    history: days.map((day) => {
      const found = observed.get(day);
      return found?.complete ? found.seguidores : null;
    }),
    posts: days.map((day) => observed.get(day)?.tweets ?? null),
    unfinished: last && !last.complete ? { day: until, value: last.seguidores } : null,
    until,
    forecast: forecastOf((row) => row.prediction),
    band80: bandOf(80),
    band95: bandOf(95),
    baseline: forecastOf((row) => row.baseline),
    firstForecast,
  };
}

export const boundsOf = ({ days }: Timeline): View => [days[0] ?? 0, days.at(-1) ?? 0];

/** The days of a preset: so many before the last observation, and all that is forecast. */
export function viewOf(timeline: Timeline, range: Range): View {
  const [first, last] = boundsOf(timeline);
  return [range === "all" ? first : Math.max(first, timeline.until - Number(range)), last];
}

export const indexOf = ({ days }: Timeline, day: number): number => day - (days[0] ?? 0);

/** The first value in view: what an index of 100 stands for. */
export function firstSeen(days: readonly number[], values: Values, [from, to]: View): number | null {
  const at = days.findIndex((day, index) => day >= from && day <= to && (values[index] ?? null) !== null);
  return at < 0 ? null : (values[at] ?? null);
}

export const scaled = (values: Values, factor: number): Values =>
  factor === 1 ? values : values.map((value) => (value === null ? null : value * factor));

/** The equal period before the observed days in view, moved onto them. */
export interface Comparison {
  values: Values;
  /** By how many days it was moved. */
  by: number;
  /** The days that it is of. */
  from: number;
  to: number;
}

/** Null where nothing was observed in the period before. */
export function comparisonOf(timeline: Timeline, view: View): Comparison | null {
  const { days, history, until, unfinished } = timeline;
  const [first = 0] = days;
  const from = Math.max(view[0], first);
  // A day that is not over is not held against a whole one.
  const to = Math.min(view[1], unfinished ? until - 1 : until);
  const by = to - from + 1;
  if (by < 2) return null;
  const values = days.map((day) => (day < from || day > to ? null : (history[day - by - first] ?? null)));
  return values.some((value) => value !== null) ? { values, by, from: from - by, to: to - by } : null;
}

/** The posts a day over the last 28 days of which they are known. */
export function recentPosts({ posts }: Timeline): number | null {
  const known = posts.filter((value) => value !== null).slice(-28);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/**
 * A goal to begin with: the next round number that the account may reach in the time over which it is expected to gain so
 * much; a little more than what there is where it gains nothing.
 */
export function roundGoal(value: number, gain: number): number {
  const wish = Math.max(gain > 0 ? gain : value * 0.02, 1);
  const power = 10 ** Math.floor(Math.log10(wish));
  const step = ([5, 2, 1].find((digit) => digit * power <= wish) ?? 1) * power;
  return (Math.floor(value / step) + 1) * step;
}
