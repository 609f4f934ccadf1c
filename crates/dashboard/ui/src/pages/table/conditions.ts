import type { Operator } from "../../api/recordsSearch";
import type { FieldType, TableField } from "../../api/tables";
import { partsOf, treeIn, type FilterTree } from "./filterTree";

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
  JSON: [],
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
/** In the place of conditions: the filter of the view that the address names. */
const OF_VIEW = { key: "filter", value: "view" } as const;

/** When a record was made: an order by it needs no field. */
export const CREATED = "created_at";

const KNOWN = new Set<string>(["is_null", "in", ...Object.values(OPERATORS).flat()]);

export const isOperator = (word: string): word is Operator => KNOWN.has(word);

/** The filter that the address has: conditions, and groups of them. */
export const filterIn = (params: URLSearchParams): FilterTree => treeIn(params, conditionIn);

function conditionIn(key: string, value: string): Named | null {
  const [, name, op] = KEY.exec(key) ?? [];
  return name !== undefined && op !== undefined && isOperator(op) ? { name, op, value } : null;
}

export const keyOf = ({ name, op }: Pick<Named, "name" | "op">): string => `filter[${name}][${op}]`;

export const fieldOf = (fields: readonly TableField[], name: string) => fields.find((field) => field.name === name);

/** The view whose filter is asked for. Conditions in the address win, as they do with the API. */
export function viewFilterIn(params: URLSearchParams): { view?: string } {
  const view = params.get("view");
  const isAsked = params.get(OF_VIEW.key) === OF_VIEW.value && partsOf(filterIn(params)) === 0;
  return view && isAsked ? { view } : {};
}

export const askViewFilter = (params: URLSearchParams) => params.set(OF_VIEW.key, OF_VIEW.value);

/** Forgets the conditions that are in no group, and the filter of a view. */
export function removeFilters(params: URLSearchParams) {
  params.delete(OF_VIEW.key);
  for (const key of [...params.keys()]) if (conditionIn(key, "")) params.delete(key);
}

/** The fields that are shown, in their order; all where none is named, or none that is there. */
export function columnsIn(params: URLSearchParams, fields: readonly TableField[]): readonly TableField[] {
  const named = sortsIn(params.get("fields") ?? "").flatMap(({ name }) => fieldOf(fields, name) ?? []);
  const found = [...new Set(named)];
  return found.length > 0 ? found : fields;
}

/** Fields as the address names them; nothing where they are all, in the order of the table. */
export const columnsText = (columns: readonly TableField[], fields: readonly TableField[]): string =>
  columns.length === fields.length && columns.every(({ id }, at) => id === fields[at]?.id)
    ? ""
    : columns.map(({ name }) => written({ name, isDown: false })).join(",");

/** A step of an order: by the field of that name, the largest first or the smallest. */
export interface Sort {
  name: string;
  isDown: boolean;
}

/** The most steps that the API takes. */
export const MOST_SORTS = 5;

/** The steps of an order as the address has it: `-gasto,nombre`. Names with a comma are written in percent. */
export const sortsIn = (text: string): Sort[] =>
  text
    .split(",")
    .filter((part) => part.replace("-", "") !== "")
    .map((part) => ({ name: unescaped(part.replace(/^-/, "")), isDown: part.startsWith("-") }));

/** A step as the address has it. */
export const written = ({ name, isDown }: Sort): string =>
  `${isDown ? "-" : ""}${name.replaceAll(/[%,]/g, encodeURIComponent).replace(/^-/, "%2D")}`;

const unescaped = (name: string) => name.replaceAll("%2D", "-").replaceAll("%2C", ",").replaceAll("%25", "%");

/**
 * The order after a click on a column: smallest first, then largest, then not by it. Other columns are forgotten, or, if
 * it is added, go before it.
 */
export function sortAfterClick(now: string, name: string, isAdded = false): string {
  const sorts = sortsIn(now);
  const same = sorts.find((sort) => sort.name === name);
  const next = same ? (same.isDown ? [] : [{ name, isDown: true }]) : [{ name, isDown: false }];
  if (!isAdded) return next.map(written).join(",");
  const all = same ? sorts.flatMap((sort) => (sort === same ? next : [sort])) : [...sorts, ...next];
  return all.slice(0, MOST_SORTS).map(written).join(",");
}
