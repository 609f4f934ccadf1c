import type { Condition, Operator, RecordsAsk } from "../../api/recordsSearch";
import type { FieldType, TableField } from "../../api/tables";

const ORDERED = ["eq", "ne", "gt", "gte", "lt", "lte", "between"] as const;

/** What a field of each type can be asked; that it is empty or not can be asked of all. */
const OPERATORS: Record<FieldType, readonly Operator[]> = {
  TEXT: ["contains", "starts", "eq", "ne"],
  NUMBER: ORDERED,
  INTEGER: ORDERED,
  DATE: ["eq", "gte", "lte", "between", "gt", "lt", "ne"],
  DATETIME: ["eq", "gte", "lte", "between", "gt", "lt", "ne"],
  BOOLEAN: ["eq"],
  CHOICE: ["eq", "ne"],
  RELATION: ["eq", "ne"],
};

/** An operator as it is chosen: `is_null` is asked both ways. */
export type Ask = Exclude<Operator, "is_null"> | "empty" | "filled";

export const asksOf = (type: FieldType): Ask[] => [...(OPERATORS[type] as Ask[]), "empty", "filled"];

/** A condition as the address has it: by the name of its field, which a colleague can read. */
export interface Named {
  name: string;
  op: Operator;
  value: string;
}

const KEY = /^filter\[(.+)\]\[([a-z_]+)\]$/;
const KNOWN = new Set<string>(["is_null", "in", ...Object.values(OPERATORS).flat()]);

export function conditionsIn(params: URLSearchParams): Named[] {
  const found = new Map<string, Named>();
  for (const [key, value] of params) {
    const [, name, op] = KEY.exec(key) ?? [];
    if (name !== undefined && op !== undefined && KNOWN.has(op)) found.set(key, { name, op: op as Operator, value });
  }
  return [...found.values()];
}

export const keyOf = ({ name, op }: Pick<Named, "name" | "op">): string => `filter[${name}][${op}]`;

const fieldOf = (fields: readonly TableField[], name: string) => fields.find((field) => field.name === name);

/** What the address asks for, by the ids of fields; what names a field that is gone is left out. */
export function askIn(params: URLSearchParams, fields: readonly TableField[]): RecordsAsk {
  const sort = params.get("sort") ?? "";
  const sorted = fieldOf(fields, sort.replace(/^-/, ""));
  const conditions = conditionsIn(params).flatMap(({ name, op, value }): Condition[] => {
    const field = fieldOf(fields, name);
    return field ? [{ field: field.id, op, value }] : [];
  });
  return {
    page: Math.max(1, Math.trunc(Number(params.get("page"))) || 1),
    sort: sorted ? (sort.startsWith("-") ? `-${sorted.id}` : sorted.id) : "",
    q: params.get("q")?.trim() ?? "",
    conditions,
  };
}

/** The order after a click on a column: smallest first, then largest, then the newest first again. */
export function sortAfterClick(now: string, name: string): string {
  if (now === name) return `-${name}`;
  return now === `-${name}` ? "" : name;
}
