import type { Day } from "../../../format/dates";
import type { PreviewDay } from "./previewDays";

/** A day that would be stored, and whose followers are far from those of the days around it. */
export interface FarDay {
  day: Day;
  value: number;
  /** The values of the days before and after it, where there are such. */
  before: number | null;
  after: number | null;
  /** How many times more, or less, than what is usual around it. */
  times: number;
  isMore: boolean;
}

/** So many times more or less than around it is far. */
const FAR = 10;
/** Small accounts grow many times over in a day; so few followers tell nothing. */
const LEAST_DIFFERENCE = 100;
/** Days on each side that tell what is usual. */
const SIDE = 3;
/** Fewer days tell nothing. */
const LEAST_DAYS = 3;

/** Days of the table that stand out of those around them, as a digit too many makes them. They may be right. */
export function farDays(days: readonly PreviewDay[]): FarDay[] {
  return days.flatMap(({ day, then: value, outcome }, at) => {
    if (outcome === "unchanged") return [];
    const around = [...days.slice(Math.max(0, at - SIDE), at), ...days.slice(at + 1, at + 1 + SIDE)];
    if (around.length < LEAST_DAYS) return [];
    const usual = median(around.map((one) => one.then));
    if (Math.abs(value - usual) < LEAST_DIFFERENCE) return [];
    const isMore = value > usual;
    const times = isMore ? value / Math.max(usual, 1) : usual / Math.max(value, 1);
    if (times < FAR) return [];
    return [{ day, value, before: days[at - 1]?.then ?? null, after: days[at + 1]?.then ?? null, times, isMore }];
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle] ?? 0, sorted[middle] ?? 0];
  return (low + high) / 2;
}
