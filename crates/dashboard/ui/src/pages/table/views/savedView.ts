import { Digits } from "../../../api/exactJson";
import type { Condition, RecordsAsk } from "../../../api/recordsSearch";
import type { TableField } from "../../../api/tables";
import type { View, ViewFilter, ViewRequest } from "../../../api/views";
import { askIn, askViewFilter, columnsIn, columnsText, isOperator, keyOf, written, type Named } from "../conditions";

/** What of a table is shown, by the ids of fields. */
export interface Shown {
  ask: RecordsAsk;
  /** The columns; none where they are all. */
  fields: readonly string[];
}

export function shownIn(params: URLSearchParams, fields: readonly TableField[]): Shown {
  const columns = columnsIn(params, fields);
  const isAll = columnsText(columns, fields) === "";
  return { ask: askIn(params, fields), fields: isAll ? [] : columns.map(({ id }) => id) };
}

/** The address that shows what a view keeps. */
export function addressOf(view: View, fields: readonly TableField[]): URLSearchParams {
  const params = new URLSearchParams({ view: view.id });
  const conditions = conditionsOf(view.filter ?? null, fields);
  if (conditions === null) askViewFilter(params);
  for (const condition of conditions ?? []) params.set(keyOf(condition), condition.value);
  if (view.q) params.set("q", view.q);
  const steps = view.sort.map((step) => {
    const key = step.replace(/^-/, "");
    return written({ name: fields.find(({ id }) => id === key)?.name ?? key, isDown: step.startsWith("-") });
  });
  if (steps.length > 0) params.set("sort", steps.join(","));
  const columns = view.fields.flatMap((id) => fields.find((field) => field.id === id) ?? []);
  const shown = columns.length > 0 ? columnsText(columns, fields) : "";
  if (shown) params.set("fields", shown);
  return params;
}

const SPLIT = new Set<string>(["in", "between"]);

/** A filter as conditions that all hold; null where the address has no words for it, such as for one with `or`. */
export function conditionsOf(filter: ViewFilter | null, fields: readonly TableField[]): Named[] | null {
  if (filter === null) return [];
  const found = (filter.and ?? [filter]).map((part) => conditionOf(part, fields));
  const conditions = found.filter((condition) => condition !== null);
  const keys = new Set(conditions.map(keyOf));
  return conditions.length === found.length && keys.size === found.length ? conditions : null;
}

function conditionOf(part: ViewFilter, fields: readonly TableField[]): Named | null {
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

/** What the API keeps of what is shown. `filter` is that of the view by which the records are filtered. */
export function requestOf(
  { ask, fields: columns }: Shown,
  filter: ViewFilter | null,
  fields: readonly TableField[],
): Omit<ViewRequest, "name" | "shared"> {
  return {
    filter: ask.view ? filter : filterOf(ask.conditions, fields),
    q: ask.q || null,
    sort: ask.sort === "" ? [] : ask.sort.split(","),
    fields: [...columns],
    keys: "id",
  };
}

export function filterOf(conditions: readonly Condition[], fields: readonly TableField[]): ViewFilter | null {
  const parts = conditions.map(({ field: id, op, value }): ViewFilter => {
    const field = fields.find((one) => one.id === id);
    const texts = SPLIT.has(op) ? value.split(",") : [value];
    const values = texts.map((text) => valueOf(field?.field_type, op, text));
    return { field: id, op, value: SPLIT.has(op) ? values : values[0] };
  });
  const [first, ...others] = parts;
  return first ? (others.length > 0 ? { and: parts } : first) : null;
}

/** What is no value of its field stays a text, and the API says so. */
function valueOf(type: TableField["field_type"] | undefined, op: string, text: string): string | boolean | Digits {
  const isFlag = op === "is_null" || type === "BOOLEAN";
  if (isFlag && (text === "true" || text === "false")) return text === "true";
  const isNumber = (type === "NUMBER" || type === "INTEGER") && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
  return isNumber ? new Digits(text) : text;
}

/** Whether the page shows something else than the view keeps. */
export function isChangedSince(view: View, shown: Shown, fields: readonly TableField[]): boolean {
  return said(shownIn(addressOf(view, fields), fields)) !== said(shown);
}

const said = ({ ask: { sort, q, conditions, view }, fields }: Shown): string =>
  JSON.stringify([
    sort,
    q,
    view ?? "",
    fields,
    conditions.map(({ field, op, value }) => `${field} ${op} ${value}`).sort(),
  ]);
