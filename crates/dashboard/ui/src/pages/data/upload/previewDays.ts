import type { Trial } from "../../../api/observations";
import { addDays, dayNumber, dayOf, type Day } from "../../../format/dates";

/** The last followers of a day, as they are stored and as they would be. */
export interface PreviewDay {
  day: Day;
  now: number | null;
  then: number;
  outcome: "new" | "changed" | "unchanged";
}

/** Days that are shown before and after what changes. */
const AROUND = 60;
/** The API gives so many days at once. */
const MOST = 4_000;

/** The days to show around those that change; null where none does. */
export function spanAround(preview: Trial["preview"]): { from: Day; to: Day } | null {
  const [first, last] = [preview[0], preview.at(-1)];
  if (!first || !last) return null;
  const to = addDays(last.fecha, AROUND);
  const from = addDays(first.fecha, -AROUND);
  return { from: dayNumber(to) - dayNumber(from) < MOST ? from : addDays(to, 1 - MOST), to };
}

/** What is stored and what would change, a day each, in order. */
export function mergeDays(
  stored: readonly { fecha: Day; seguidores: number }[],
  preview: Trial["preview"],
): PreviewDay[] {
  const days = new Map<Day, PreviewDay>();
  for (const { fecha, seguidores } of stored) {
    days.set(fecha, { day: fecha, now: seguidores, then: seguidores, outcome: "unchanged" });
  }
  for (const { fecha, seguidores, stored: now, outcome } of preview) {
    days.set(fecha, { day: fecha, now, then: seguidores, outcome });
  }
  return [...days.values()].sort((one, other) => (one.day < other.day ? -1 : 1));
}

export interface Scale {
  x: (day: Day) => number;
  y: (value: number) => number;
  values: number[];
  /** Days at which the axis is named, and whether by their month or by their day. */
  ticks: Day[];
  unit: "day" | "month" | "year";
}

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const ticksOf = (days: readonly PreviewDay[]): number[] => {
  const values = days.flatMap(({ now, then }) => (now === null ? [then] : [now, then]));
  return valueTicks(Math.min(...values), Math.max(...values));
};

/** Whether the axis begins above nought, which a chart has to say. */
export const isAboveZero = (days: readonly PreviewDay[]): boolean => (ticksOf(days)[0] ?? 0) > 0;

export function scaleOf(days: readonly PreviewDay[], frame: Frame): Scale {
  const ticks = ticksOf(days);
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const first = dayNumber(days[0]?.day ?? "1970-01-01");
  const last = Math.max(first + 1, dayNumber(days.at(-1)?.day ?? "1970-01-01"));
  const across = frame.right - frame.left;
  return {
    x: (day) => frame.left + ((dayNumber(day) - first) / (last - first)) * across,
    y: (value) => frame.bottom - ((value - low) / (high - low)) * (frame.bottom - frame.top),
    values: ticks,
    ...dayTicks(first, last, Math.max(2, Math.floor(across / 80))),
  };
}

/** Round values from below the lowest to above the highest, three to six of them. */
export function valueTicks(low: number, high: number): number[] {
  const rough = Math.max(1, (high - low) / 3);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((size) => size >= rough) ?? rough;
  const first = Math.floor(low / step) * step;
  const ticks = [first];
  for (let value = first + step; ticks.length < 2 || value - step < high; value += step) ticks.push(value);
  return ticks;
}

/** The first days of months, as many as have room; in a short span days. */
export function dayTicks(first: number, last: number, most: number): Pick<Scale, "ticks" | "unit"> {
  const months: Day[] = [];
  for (let number = first; number <= last; number++) {
    const day = dayOf(number);
    if (day.endsWith("-01")) months.push(day);
  }
  if (months.length < 2) {
    const step = Math.max(1, Math.ceil((last - first + 1) / most));
    const count = Math.floor((last - first) / step) + 1;
    return { ticks: Array.from({ length: count }, (_, at) => dayOf(first + at * step)), unit: "day" };
  }
  const step = [1, 2, 3, 6, 12, 24, 60].find((size) => months.length / size <= most) ?? 120;
  const isAt = (day: Day) => (Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1) % step === 0;
  return { ticks: months.filter(isAt), unit: step >= 12 ? "year" : "month" };
}

/** The path of what is stored, and the parts of the path with the file that differ from it. */
export function pathsOf(
  days: readonly PreviewDay[],
  { x, y }: Scale,
): { now: string; then: string; alone: PreviewDay[] } {
  let now = "";
  let then = "";
  const alone: PreviewDay[] = [];
  const at = (day: PreviewDay, value: number) => `${x(day.day).toFixed(1)} ${y(value).toFixed(1)}`;
  days.forEach((day, index) => {
    const before = days[index - 1];
    if (day.now !== null) now += `${now === "" ? "M" : "L"}${at(day, day.now)}`;
    const isJoined = before !== undefined && (before.outcome !== "unchanged" || day.outcome !== "unchanged");
    if (isJoined) then += `M${at(before, before.then)}L${at(day, day.then)}`;
    if (days.length === 1) alone.push(day);
  });
  return { now, then, alone };
}
