import type { Trial } from "../../../api/observations";
import { addDays, type Day } from "../../../format/dates";
import { parseTypedDay } from "../../../format/typedDay";
import { cellOf, type BadLine } from "./errorLines";

/** How somebody mistook a number, where it can be seen in the number itself. */
export type Slip =
  { kind: "letter"; letter: string; digit: string } | { kind: "decimal" } | { kind: "minus" } | { kind: "letters" };

/** Letters that look like digits. */
const LOOKALIKES: Record<string, string> = { O: "0", o: "0", l: "1", I: "1", i: "1", S: "5", s: "5", B: "8" };

export function slipOf(cell: string): Slip | null {
  const text = cell.trim().replaceAll('"', "");
  if (!/\d/.test(text)) return null;
  if (/^[-\u2212\u2013]\s*\d/.test(text)) return { kind: "minus" };
  const letter = /[A-Za-z]/.exec(text)?.[0];
  if (letter !== undefined) {
    const mended = text.replaceAll(/[OolIiSsB]/g, (one) => LOOKALIKES[one] ?? one);
    const digit = LOOKALIKES[letter];
    return digit !== undefined && /^[\d.,\s]+$/.test(mended) ? { kind: "letter", letter, digit } : { kind: "letters" };
  }
  return /^\d+[.,](\d{1,2}|\d{4,})$/.test(text) ? { kind: "decimal" } : null;
}

export interface Neighbours {
  before: { day: Day; value: number } | null;
  after: { day: Day; value: number } | null;
}

/** Days on either side are neighbours up to here. */
const NEAR = 3;

/** What the sound rows of the table say of the days around a line; null where the line's own day cannot be told. */
export function neighboursOf(line: BadLine, trial: Trial): Neighbours | null {
  const header = trial.mapping.find(({ field }) => field === "hora")?.header;
  const cell = line.text !== null && header ? cellOf(line.text, trial.columns, header) : null;
  const written = cell?.trim().replaceAll('"', "").split(/[T ]/)[0] ?? "";
  const day = isMonthFirst(trial) ? null : parseTypedDay(written);
  if (!day) return null;
  const values = new Map(trial.preview.map(({ fecha, seguidores }) => [fecha, seguidores]));
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
