/** A value of a day, or null where there is none. */
export type Values = readonly (number | null)[];
/** The days that are in view, as days since 1970. */
export type View = readonly [from: number, to: number];
export type Point = readonly [x: number, y: number];

/** Indices of values without a neighbour: a line has no length there and draws nothing. */
export function lonePoints(values: Values): number[] {
  const lone: number[] = [];
  values.forEach((value, at) => {
    if (value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null) lone.push(at);
  });
  return lone;
}

/**
 * The outlines of a band: along the upper bounds and back along the lower ones, one outline for each run of days that
 * have both. A run of one day is a single pair of points, one above the other.
 */
export function bandOutlines(days: readonly number[], lower: Values, upper: Values): Point[][] {
  const outlines: Point[][] = [];
  let above: Point[] = [];
  let below: Point[] = [];
  const finish = () => {
    if (above.length > 0) outlines.push([...above, ...below.reverse()]);
    above = [];
    below = [];
  };
  days.forEach((day, at) => {
    const [low, high] = [lower[at] ?? null, upper[at] ?? null];
    if (low === null || high === null) return finish();
    above.push([day, high]);
    below.push([day, low]);
  });
  finish();
  return outlines;
}

/** The least and the greatest of the values of the days in view; null where there are none. */
export function extent(days: readonly number[], lines: readonly Values[], [from, to]: View): [number, number] | null {
  let least = Infinity;
  let greatest = -Infinity;
  for (let at = 0; at < days.length; at++) {
    const day = days[at];
    if (day === undefined || day < from || day > to) continue;
    for (const line of lines) {
      const value = line[at];
      if (value === null || value === undefined) continue;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  return least <= greatest ? [least, greatest] : null;
}

/** Room above and below what is drawn. A line of equal values gets some, too. */
export function padded([least, greatest]: readonly [number, number], fromZero: boolean): [number, number] {
  const margin = (greatest - least) * 0.07 || Math.max(Math.abs(greatest) * 0.01, 1);
  return fromZero ? [Math.min(0, least), greatest + margin] : [least - margin, greatest + margin];
}

/** The shortest stretch that a chart zooms to, in days. */
const SHORTEST = 6;

/** A view zoomed around a day; a factor below 1 shows less. It never leaves the bounds. */
export function zoomed([from, to]: View, factor: number, around: number, bounds: View): View {
  const span = Math.min(Math.max((to - from) * factor, SHORTEST), bounds[1] - bounds[0]);
  const share = to > from ? (around - from) / (to - from) : 0.5;
  return within([around - span * share, around + span * (1 - share)], bounds);
}

/** The same stretch, moved into the bounds, in whole days. */
export function within([from, to]: View, bounds: View): View {
  const span = Math.min(to - from, bounds[1] - bounds[0]);
  const start = Math.min(Math.max(from, bounds[0]), bounds[1] - span);
  return [Math.round(start), Math.round(start + span)];
}

/** A stretch that was dragged, at least as long as the shortest. */
export function dragged(one: number, other: number, bounds: View): View {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  const missing = Math.max(0, SHORTEST - (to - from)) / 2;
  return within([from - missing, to + missing], bounds);
}
