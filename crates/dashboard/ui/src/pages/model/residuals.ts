import type { PastForecast } from "../../api/models";
import { daysBetween, type Day } from "../../format/dates";

/** A past day as the chart draws it: everything as a difference from what was forecast. */
export interface Residual {
  fecha: Day;
  /** Days after the first one of the chart. */
  at: number;
  difference: number;
  lower: number;
  upper: number;
  isInside: boolean;
  past: PastForecast;
}

export interface Residuals {
  days: readonly Residual[];
  /** Days from the first to the last. */
  span: number;
  /** The largest difference or bound, which the axis reaches in both directions; at least 1. */
  reach: number;
  inside: number;
  mae: number;
  baselineMae: number;
}

export function residuals(past: readonly PastForecast[]): Residuals | null {
  const [first] = past;
  const last = past.at(-1);
  if (!first || !last) return null;
  const days = past.map((day) => ({
    fecha: day.fecha,
    at: daysBetween(first.fecha, day.fecha),
    difference: day.actual - day.prediction,
    lower: day.lower - day.prediction,
    upper: day.upper - day.prediction,
    isInside: day.actual >= day.lower && day.actual <= day.upper,
    past: day,
  }));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  return {
    days,
    span: daysBetween(first.fecha, last.fecha),
    reach: Math.max(1, ...days.flatMap((day) => [day.difference, day.lower, day.upper].map(Math.abs))),
    inside: days.filter((day) => day.isInside).length,
    mae: mean(days.map((day) => day.difference)),
    baselineMae: mean(past.map((day) => day.actual - day.baseline)),
  };
}

/** The runs of days that follow each other: a band is not drawn across a gap. */
export function runs(days: readonly Residual[]): Residual[][] {
  const all: Residual[][] = [];
  for (const day of days) {
    const run = all.at(-1);
    if (run && day.at - (run.at(-1)?.at ?? 0) === 1) run.push(day);
    else all.push([day]);
  }
  return all;
}

/** A round number that splits the axis at most twice to either side: 1, 2 or 5 times a power of ten. */
export function tick(reach: number): number {
  const power = 10 ** Math.floor(Math.log10(reach));
  const step = [1, 2, 5, 10].find((factor) => factor * power * 2.2 >= reach) ?? 10;
  return step * power;
}
