import { Digits } from "../../api/exactJson";
import type { Condition, Filter } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { isOperator, keyOf, type Named } from "./conditions";
import type { FilterTree } from "./filterTree";

const SPLIT = new Set<string>(["in", "between"]);

/** A filter of the API as the page changes it; null where it has no words for it, such as for a group in a group. */
export function treeOf(filter: Filter | null, fields: readonly TableField[]): FilterTree | null {
  if (filter === null) return { isAny: false, conditions: [], groups: [] };
  const isAny = !!filter.or;
  const conditions: Named[] = [];
  const groups: Named[][] = [];
  for (const part of filter.or ?? filter.and ?? [filter]) {
    const group = isAny ? part.and : part.or;
    if (group) {
      const found = group.map((one) => conditionOf(one, fields)).filter((condition) => condition !== null);
      if (found.length < group.length || found.length === 0) return null;
      groups.push(found);
    } else {
      const condition = conditionOf(part, fields);
      if (!condition) return null;
      conditions.push(condition);
    }
  }
  const isTwice = new Set(conditions.map(keyOf)).size < conditions.length;
  return isTwice && !isAny ? null : { isAny, conditions, groups };
}

/** A condition as the address has it; null where it has no words for its value. */
export function conditionOf(part: Filter, fields: readonly TableField[]): Named | null {
  const field = fields.find(({ id }) => id === part.field);
  const op = part.op ?? "eq";
  if (!field || !isOperator(op)) return null;
  const values: unknown[] = Array.isArray(part.value) ? part.value : [part.value];
  const texts = values.map((value) => textOf(field, value)).filter((text) => text !== null);
  const isSplit = SPLIT.has(op);
  const isOne = isSplit ? !texts.some((text) => text.includes(",")) : texts.length === 1 && !Array.isArray(part.value);
  return isOne && texts.length === values.length ? { name: field.name, op, value: texts.join(",") } : null;
}

/** The page shows moments in filters by their days, and has no words for another. */
function textOf({ field_type }: TableField, value: unknown): string | null {
  if (value instanceof Digits) return value.text;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "string") return null;
  const isTime = field_type === "DATE" || field_type === "DATETIME";
  return isTime && !/^\d{4}-\d\d-\d\d$/.test(value) ? null : value;
}

/** What the API is asked for; conditions on fields that are gone are left out. */
export function filterOfTree({ isAny, conditions, groups }: FilterTree, fields: readonly TableField[]): Filter | null {
  const partOf = ({ name, op, value }: Named): Filter[] => {
    const field = fields.find((one) => one.name === name);
    return field ? [partFor(field, op, value)] : [];
  };
  const parts = [
    ...conditions.flatMap(partOf),
    ...groups.flatMap((group) => joined(group.flatMap(partOf), !isAny) ?? []),
  ];
  return joined(parts, isAny);
}

export const filterOf = (conditions: readonly Condition[], fields: readonly TableField[]): Filter | null => {
  const parts = conditions.map(({ field: id, op, value }) => {
    const field = fields.find((one) => one.id === id);
    return field ? partFor(field, op, value) : { field: id, op, value };
  });
  return joined(parts, false);
};

function joined(parts: readonly Filter[], isAny: boolean): Filter | null {
  const [first, ...others] = parts;
  if (!first || others.length === 0) return first ?? null;
  return isAny ? { or: [...parts] } : { and: [...parts] };
}

function partFor({ id, field_type }: TableField, op: Condition["op"], value: string): Filter {
  const texts = SPLIT.has(op) ? value.split(",") : [value];
  const values = texts.map((text) => valueOf(field_type, op, text));
  return { field: id, op, value: SPLIT.has(op) ? values : values[0] };
}

/** What is no value of its field stays a text, and the API says so. */
function valueOf(type: TableField["field_type"], op: string, text: string): string | boolean | Digits {
  const isFlag = op === "is_null" || type === "BOOLEAN";
  if (isFlag && (text === "true" || text === "false")) return text === "true";
  const isNumber = (type === "NUMBER" || type === "INTEGER") && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
  return isNumber ? new Digits(text) : text;
}
