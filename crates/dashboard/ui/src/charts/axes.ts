import type uPlot from "uplot";
import * as dates from "../format/dates";
import type { Language } from "../i18n/language";
import { SECONDS_A_DAY } from "./brush";
import type { Token } from "./palette";

const fontOf = (scale: number) => `${Math.round(12 * scale)}px Inter, system-ui, sans-serif`;
const MONTH_S = 28 * SECONDS_A_DAY;
const YEAR_S = 300 * SECONDS_A_DAY;

/** Labels of days: the year is written once, below the first label that lies in it. */
export function dayLabels(language: Language, splits: readonly number[], step: number): string[] {
  let lastYear = "";
  return splits.map((second) => {
    const day = dates.dayOf(Math.round(second / SECONDS_A_DAY));
    const year = day.slice(0, 4);
    const isNewYear = year !== lastYear;
    lastYear = year;
    if (step >= YEAR_S) return year;
    const label = step >= MONTH_S ? dates.month(language, day) : dates.shortDay(language, day);
    return isNewYear ? `${label}\n${year}` : label;
  });
}

/** Lengths are so many times as large where the chart is. */
export const dayAxis = (color: (token: Token) => string, language: () => Language, scale: number): uPlot.Axis => ({
  stroke: () => color("ink-3"),
  font: fontOf(scale),
  size: 44 * scale,
  gap: 6 * scale,
  space: 72 * scale,
  grid: { show: false },
  ticks: { stroke: () => color("line"), width: scale, size: 5 * scale },
  values: (_, splits, __, ___, step) => dayLabels(language(), splits, step),
});

/** The step is told, too, so that a label is never rounded away from its line. */
export const valueAxis = (
  color: (token: Token) => string,
  format: (value: number, step: number) => string,
  scale: number,
): uPlot.Axis => ({
  stroke: () => color("ink-3"),
  font: fontOf(scale),
  size: (_, labels) => (labels ? Math.max(...labels.map((label) => label.length), 3) * 7 + 14 : 50) * scale,
  gap: 6 * scale,
  space: 44 * scale,
  grid: { stroke: () => color("grid"), width: scale },
  ticks: { show: false },
  values: (_, splits, __, ___, step) => splits.map((value) => format(value, step)),
});
