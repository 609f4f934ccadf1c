import { Digits } from "../../api/exactJson";
import type { Group, Grouping, GroupKey } from "../../api/recordGroups";
import { PAGE_SIZE, type Filter } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { addDays, dayIn, dayNumber } from "../../format/dates";
import { conditionOf, isNumberField, lastDay } from "./grouping";
import type { Span } from "./rowWindow";

/** Groups whose records are read together: neighbours that fit on a page, or one that is larger. */
export type Batch = Span;

/** The most values that a request names. */
const MOST_TOGETHER = 50;

/** Small groups share a request: a sheet of many would ask for each one that is in view. */
export function batchesOf(groups: readonly Pick<Group, "key" | "count">[]): Batch[] {
  const batches: Batch[] = [];
  let room = 0;
  for (const [at, { key, count }] of groups.entries()) {
    const last = batches.at(-1);
    // That there is no value is a condition of another kind.
    const fits = last !== undefined && key !== null && count <= room && at - last.first < MOST_TOGETHER;
    if (fits) last.end = at + 1;
    else batches.push({ first: at, end: at + 1 });
    room = (fits ? room : PAGE_SIZE) - count;
    if (key === null) room = 0;
  }
  return batches;
}

/** The condition that the records of neighbouring groups meet, and no others. */
export function conditionOfAll(grouping: Grouping, keys: readonly GroupKey[], field: TableField): Filter {
  const [first = null] = keys;
  if (keys.length <= 1) return conditionOf(grouping, first, field.field_type);
  const { field: id, by } = grouping;
  if (by) {
    const days = keys.filter((key) => typeof key === "string").sort();
    const [from = "", until = ""] = [days[0], days.at(-1)];
    return { field: id, op: "between", value: [from, lastDay(until, by)] };
  }
  const values = keys.map((key) => (isNumberField(field) && typeof key === "string" ? new Digits(key) : key));
  return { field: id, op: "in", value: values };
}

/** In which group a value is, as a text that is the same for all its records and for the group itself. */
export function groupOf({ by }: Grouping, field: TableField, value: unknown, zone: string): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  if (!by) return `=${isNumberField(field) ? plainest(text) : text}`;
  const day = text.length > 10 ? dayIn(new Date(text), zone) : text;
  if (by === "month") return `=${day.slice(0, 7)}-01`;
  // 1 January 1970 was a Thursday, and weeks begin with Monday.
  return by === "week" ? `=${addDays(day, -((((dayNumber(day) + 3) % 7) + 7) % 7))}` : `=${day}`;
}

/** 1.50 and 1.5 are one number. */
const plainest = (digits: string) =>
  digits.includes(".") ? digits.replace(/0+$/, "").replace(/\.$/, "").replace(/^-0$/, "0") : digits;
