import { Digits } from "../../api/exactJson";
import type { Group, Grouping, GroupKey, Unit } from "../../api/recordGroups";
import type { Filter } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { addDays, type Day } from "../../format/dates";
import { sortsIn, written } from "./conditions";

const UNITS: readonly Unit[] = ["month", "week", "day"];

export const isNumberField = ({ field_type }: Pick<TableField, "field_type">) =>
  field_type === "NUMBER" || field_type === "INTEGER";

const isOfTime = ({ field_type }: TableField) => field_type === "DATE" || field_type === "DATETIME";

/** Each way in which records can be grouped by a field: days by their months first. */
export const groupingsOf = (field: TableField): Grouping[] =>
  isOfTime(field)
    ? UNITS.map((by) => ({ field: field.id, by }))
    : field.field_type === "JSON"
      ? []
      : [{ field: field.id, by: null }];

const [SEPARATOR, ESCAPED] = [":", "%3A"];

/** A grouping as the address has it: `ciudad`, or `dia:month`. Null for none, or one of a field that is gone. */
export function groupingIn(text: string, fields: readonly TableField[]): Grouping | null {
  const [, name = "", unit] = /^(.*?)(?::(month|week|day))?$/s.exec(text) ?? [];
  const named = sortsIn(name.replaceAll(ESCAPED, SEPARATOR))[0]?.name;
  const field = fields.find((one) => one.name === named);
  if (!field) return null;
  const [usual, ...others] = groupingsOf(field);
  return others.find(({ by }) => by === unit) ?? usual ?? null;
}

export function groupingText(grouping: Grouping | null, fields: readonly TableField[]): string {
  const field = fields.find(({ id }) => id === grouping?.field);
  if (!grouping || !field) return "";
  // A name with the separator would be read as one with a unit.
  const name = written({ name: field.name, isDown: false }).replaceAll(SEPARATOR, ESCAPED);
  return grouping.by ? `${name}${SEPARATOR}${grouping.by}` : name;
}

/** The last day of the span that begins with a day. */
export function lastDay(first: Day, by: Unit): Day {
  if (by === "day") return first;
  if (by === "week") return addDays(first, 6);
  const [year, month] = first.split("-").map(Number);
  return addDays(first, new Date(Date.UTC(year ?? 0, month ?? 1, 0)).getUTCDate() - 1);
}

/** The condition that the records of a group meet, and no others. */
export function conditionOf({ field, by }: Grouping, key: GroupKey, type: TableField["field_type"]): Filter {
  if (key === null) return { field, op: "is_null", value: true };
  if (by && typeof key === "string") return { field, op: "between", value: [key, lastDay(key, by)] };
  const isNumber = isNumberField({ field_type: type }) && typeof key === "string";
  return { field, op: "eq", value: isNumber ? new Digits(key) : key };
}

/** Both filters; no group is made where there is one, because they may be only so deep. */
export const both = (filter: Filter | null, condition: Filter): Filter =>
  filter ? { and: [...(filter.and ?? [filter]), condition] } : condition;

/** Groups as people look for them: choices as they are offered, the largest first where records are; nothing last. */
export function inOrder(groups: readonly Group[], field: TableField, isDown: boolean): Group[] {
  const choices = field.field_type === "CHOICE" ? (field.choices ?? []) : [];
  const place = ({ key }: Group) => {
    const at = typeof key === "string" ? choices.indexOf(key) : -1;
    return at < 0 ? choices.length : at;
  };
  const filled = groups.filter(({ key }) => key !== null);
  if (choices.length > 0) filled.sort((one, other) => place(one) - place(other));
  if (isDown) filled.reverse();
  return [...filled, ...groups.filter(({ key }) => key === null)];
}
