import { addDays, type Day } from "../../../format/dates";

/** `2026-11` */
export type Month = string;

export const monthOf = (day: Day): Month => day.slice(0, 7);
export const firstOf = (month: Month): Day => `${month}-01`;

/** The month so many months later, or earlier where it is negative. */
export function addMonths(month: Month, months: number): Month {
  const number = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + months;
  return `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
}

export const lastOf = (month: Month): Day => addDays(firstOf(addMonths(month, 1)), -1);

/** The months between two, both included, newest first. */
export function monthsBetween(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = last; month >= first && months.length < 1200; month = addMonths(month, -1)) months.push(month);
  return months;
}

/** The days of a month, newest first. */
export const daysOf = (month: Month): Day[] =>
  Array.from({ length: Number(lastOf(month).slice(8)) }, (_, at) => addDays(lastOf(month), -at));

export const isMonth = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
export const isDayOf = (text: string, month: Month): boolean =>
  text.startsWith(`${month}-`) && daysOf(month).includes(text);
