import type { Language } from "../i18n/language";
import { dayNumber, dayOf, type Day } from "./dates";

/** `27/11/2026`: the order in which both languages of the page write a date in digits. */
export const dayInDigits = (value: Day): string => value.split("-").reverse().join("/");

/** The day that somebody typed or pasted: `27/11/2026`, `7.1.26`, `27112026` or `2026-11-27`; null where there is none. */
export function parseTypedDay(text: string): Day | null {
  const trimmed = text.trim();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(trimmed);
  if (iso) return existing(iso[1], iso[2], iso[3]);
  const local =
    /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$/.exec(trimmed) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(trimmed);
  if (!local) return null;
  const year = local[3]?.length === 2 ? `20${local[3]}` : local[3];
  return existing(year, local[2], local[1]);
}

function existing(year = "", month = "", date = ""): Day | null {
  const day = `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
  const number = dayNumber(day);
  // 31 February is moved into March by the engines, so that what they read is written again and compared.
  return Number.isFinite(number) && dayOf(number) === day ? day : null;
}

export const monthOf = (day: Day): string => day.slice(0, 7);

/** The same date some months later; the last of the month where it has none. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0));
  return dayOf(dayNumber(last.toISOString().slice(0, 10)) - last.getUTCDate() + Math.min(date, last.getUTCDate()));
}

/** Days since the Monday of the day's week. 1 January 1970 was a Thursday. */
export const weekdayOf = (day: Day): number => (((dayNumber(day) + 3) % 7) + 7) % 7;

/** The weeks of a month, Monday first, with the days of the neighbours that fill the first and the last one. */
export function weeksOf(month: string): Day[][] {
  const first = `${month}-01`;
  const start = dayNumber(first) - weekdayOf(first);
  const end = dayNumber(addMonths(first, 1));
  const weeks: Day[][] = [];
  for (let monday = start; monday < end; monday += 7) {
    weeks.push(Array.from({ length: 7 }, (_, at) => dayOf(monday + at)));
  }
  return weeks;
}

const locale = (language: Language) => (language === "es" ? "es-PE" : "en-GB");

/** `noviembre de 2026` */
export const monthName = (language: Language, month: string): string =>
  new Intl.DateTimeFormat(locale(language), { timeZone: "UTC", month: "long", year: "numeric" }).format(
    Date.parse(`${month}-01`),
  );

/** `lunes` … `domingo`; `lu` … `do` in short. */
export function weekdayNames(language: Language, width: "long" | "short"): string[] {
  const format = new Intl.DateTimeFormat(locale(language), { timeZone: "UTC", weekday: "long" });
  const names = Array.from({ length: 7 }, (_, at) => format.format(Date.parse("2026-11-02") + at * 86_400_000));
  return width === "long" ? names : names.map((name) => name.slice(0, 2));
}

/** `viernes, 27 de noviembre de 2026`: what a reader says for a day of the grid. */
export const spokenDay = (language: Language, day: Day): string =>
  new Intl.DateTimeFormat(locale(language), { timeZone: "UTC", dateStyle: "full" }).format(Date.parse(day));
