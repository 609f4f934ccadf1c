import { exactJson } from "../../../api/exactJson";
import type { RecordsAsk } from "../../../api/recordsSearch";
import type { TableField } from "../../../api/tables";
import type { View, ViewFilter, ViewRequest } from "../../../api/views";
import { askIn } from "../ask";
import { askViewFilter, columnsIn, columnsText, written } from "../conditions";
import { filterOf, treeOf } from "../filters";
import { putTree } from "../filterTree";

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
  const tree = treeOf(view.filter ?? null, fields);
  if (tree === null) askViewFilter(params);
  else putTree(params, tree);
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

/** What the API keeps of what is shown. `filter` is that of the view by which the records are filtered. */
export function requestOf(
  { ask, fields: columns }: Shown,
  filter: ViewFilter | null,
  fields: readonly TableField[],
): Omit<ViewRequest, "name" | "shared"> {
  return {
    filter: ask.view ? filter : (ask.filter ?? filterOf(ask.conditions, fields)),
    q: ask.q || null,
    sort: ask.sort === "" ? [] : ask.sort.split(","),
    fields: [...columns],
    keys: "id",
  };
}

/** Whether the page shows something else than the view keeps. */
export function isChangedSince(view: View, shown: Shown, fields: readonly TableField[]): boolean {
  return said(shownIn(addressOf(view, fields), fields)) !== said(shown);
}

/** What is shown as an address of the API says it, which has no words for groups: only a view has. Null where none has. */
export function sayable(shown: Shown, view: View | null, fields: readonly TableField[]): Shown | null {
  const { filter, ...ask } = shown.ask;
  if (!filter) return shown;
  const kept = view && shownIn(addressOf(view, fields), fields).ask.filter;
  const isKept = !!view && !!kept && exactJson(kept) === exactJson(filter);
  return isKept ? { ...shown, ask: { ...ask, view: view.id } } : null;
}

const said = ({ ask: { sort, q, conditions, view, filter }, fields }: Shown): string =>
  JSON.stringify([
    sort,
    q,
    view ?? "",
    filter ? exactJson(filter) : "",
    fields,
    conditions.map(({ field, op, value }) => `${field} ${op} ${value}`).sort(),
  ]);
