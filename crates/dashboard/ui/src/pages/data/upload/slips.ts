import type { Trial } from "../../../api/observations";
import { addDays, type Day } from "../../../format/dates";
import { parseTypedDay } from "../../../format/typedDay";
import { cellOf, type BadLine } from "./errorLines";

/** How somebody mistook a number, where it can be seen in the number itself. */
export type Slip = { kind: "letter"; letter: string } | { kind: "decimal" } | { kind: "minus" } | { kind: "letters" };

export function slipOf(cell: string): Slip | null {
  const text = cell.trim().replaceAll('"', "");
  if (!/\d/.test(text)) return null;
  if (/^[-\u2212\u2013]\s*\d/.test(text)) return { kind: "minus" };
  const letter = /[A-Za-z]/.exec(text)?.[0];
  if (letter !== undefined) {
    // One letter is named; more may be a word.
    return /^[\d.,\s]+$/.test(text.replaceAll(letter, "")) ? { kind: "letter", letter } : { kind: "letters" };
  }
  return /^\d+[.,](\d{1,2}|\d{4,})$/.test(text) ? { kind: "decimal" } : null;
}

export interface Neighbours {
  before: { day: Day; value: number } | null;
  after: { day: Day; value: number } | null;
}

/** Days on either side are neighbours up to here. */
export const NEAR = 3;

/** The day of a line; null where it cannot be told. */
export function dayOfLine(line: BadLine, trial: Trial): Day | null {
  const header = trial.mapping.find(({ field }) => field === "hora")?.header;
  const cell = line.text !== null && header ? cellOf(line.text, trial.columns, header) : null;
  const written = cell?.trim().replaceAll('"', "").split(/[T ]/)[0] ?? "";
  return isMonthFirst(trial) ? null : parseTypedDay(written);
}

/** What the days around one have, among those that are stored or would be; null where they are not known. */
export function neighboursOf(day: Day, values: ReadonlyMap<Day, number>): Neighbours | null {
  const nearest = (step: 1 | -1) => {
    for (let away = 1; away <= NEAR; away++) {
      const near = addDays(day, step * away);
      const value = values.get(near);
      if (typeof value === "number") return { day: near, value };
    }
    return null;
  };
  const [before, after] = [nearest(-1), nearest(1)];
  return before || after ? { before, after } : null;
}

const isMonthFirst = ({ formats }: Trial): boolean => formats.some((format) => String(format).startsWith("mm/"));
