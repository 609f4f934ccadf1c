import { addDays, type Day } from "../../../format/dates";
import * as typedDay from "../../../format/typedDay";

/** `2026-11` */
export type Month = string;

export const { monthOf } = typedDay;
export const firstOf = (month: Month): Day => `${month}-01`;

/** The month so many months later, or earlier where it is negative. */
export const addMonths = (month: Month, months: number): Month => monthOf(typedDay.addMonths(firstOf(month), months));

export const lastOf = (month: Month): Day => addDays(firstOf(addMonths(month, 1)), -1);

/** The months between two, both included, newest first. */
export function monthsBetween(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = last; month >= first; month = addMonths(month, -1)) months.push(month);
  return months;
}

/** The days of a month, newest first. */
export const daysOf = (month: Month): Day[] =>
  Array.from({ length: Number(lastOf(month).slice(8)) }, (_, at) => addDays(lastOf(month), -at));

export const isMonth = (text: string): boolean => /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text);
export const isDayOf = (text: string, month: Month): boolean => daysOf(month).includes(text);
