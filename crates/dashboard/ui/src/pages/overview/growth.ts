import { dayNumber, dayOf, type Day } from "../../format/dates";

interface Reading {
  fecha: Day;
  seguidores: number;
  /** Whether the day is over for the data; a day that is not would be drawn as a fall. */
  complete?: boolean;
}

const isWhole = ({ complete }: Reading): boolean => complete !== false;

/** An account whose base may be some days after the first, so that one day without a reading excludes nobody. */
const LATEST_BASE = 6;

/** Followers as an index, the first reading being 100: one value for each day, null where no whole day is read. */
export function indexed(readings: readonly Reading[], days: readonly number[]): (number | null)[] | null {
  const byDay = new Map(readings.filter(isWhole).map((reading) => [dayNumber(reading.fecha), reading.seguidores]));
  const base = days.slice(0, LATEST_BASE + 1).find((day) => (byDay.get(day) ?? 0) > 0);
  const hundred = base === undefined ? undefined : byDay.get(base);
  if (hundred === undefined) return null;
  return days.map((day) => {
    const followers = byDay.get(day);
    return followers === undefined ? null : (followers / hundred) * 100;
  });
}

/** Every day from the first to the last one, as days since 1970. */
export function daysFrom(first: Day, last: Day): number[] {
  const [from, to] = [dayNumber(first), dayNumber(last)];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

/** The newest whole day of several readings. */
export const lastDay = (readings: readonly (readonly Reading[])[]): Day | null => {
  const days = readings.flatMap((all) => all.findLast(isWhole)?.fecha ?? []).map(dayNumber);
  return days.length > 0 ? dayOf(Math.max(...days)) : null;
};

export const lastValue = (values: readonly (number | null)[]): number | null =>
  values.findLast((value) => value !== null) ?? null;

/**
 * Where labels stand that belong to places on a line, none nearer to another than `gap`, none outside of the bounds
 * where there is room for all. The order stays; each keeps as near to its place as those around it allow.
 */
export function spread(places: readonly number[], gap: number, [top, bottom]: readonly [number, number]): number[] {
  const order = places.map((place, at) => ({ place, at })).sort((one, other) => one.place - other.place);
  let above = -Infinity;
  for (const label of order) {
    label.place = Math.max(label.place, above + gap, top);
    above = label.place;
  }
  let below = Math.max(bottom, top + gap * (order.length - 1));
  for (const label of order.toReversed()) {
    label.place = Math.min(label.place, below);
    below = label.place - gap;
  }
  const result = [...places];
  for (const { place, at } of order) result[at] = place;
  return result;
}
