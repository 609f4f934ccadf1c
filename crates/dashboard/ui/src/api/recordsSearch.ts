import type { components } from "./schema";

export type Operator = components["schemas"]["OperatorWord"];
/** A condition, or a group of them. Fields are named by ids; numbers are `Digits`. */
export type Filter = components["schemas"]["FilterView"];

/** Records that are read at once: the most that the API gives. */
export const PAGE_SIZE = 100;

/** Fields by their ids, which no renaming changes, and numbers as texts, so that no digit is lost. */
export const FORM = { keys: "id", numbers: "string" } as const;

/** A condition that records have to meet. */
export interface Condition {
  field: string;
  op: Operator;
  value: string;
}

/** Which records of a table. */
export interface RecordsAsk {
  /** The ids of fields, with commas between them and `-` before those with the largest first; empty: the newest first. */
  sort: string;
  q: string;
  conditions: readonly Condition[];
  /** The view whose filter stands in the place of conditions. */
  view?: string;
  /** In the place of conditions: what an address of the API has no words for. */
  filter?: Filter;
}

/** A request for a page of records by a filter of its own. */
export const pageRequest = ({ filter, q, sort }: RecordsAsk, page: number) => ({
  ...(filter && { filter }),
  ...(q && { q }),
  sort: sort === "" ? [] : sort.split(","),
  page,
  page_size: PAGE_SIZE,
  ...FORM,
});

/** The part of an address that asks for a page of records. */
export const pageSearch = (ask: RecordsAsk, page: number): string =>
  recordsSearch(ask, { page: String(page), page_size: String(PAGE_SIZE), ...FORM });

/** The part of an address that says which records, and what else is told of them. */
export function recordsSearch(
  { sort, q, conditions, view }: RecordsAsk,
  told: Readonly<Record<string, string>>,
): string {
  // A view says what the address does not say, and only its filter is wanted.
  const all = new URLSearchParams(view ? { view, sort, q, fields: "", ...told } : told);
  if (sort) all.set("sort", sort);
  if (q) all.set("q", q);
  for (const { field, op, value } of conditions) all.set(`filter[${field}][${op}]`, value);
  return all.toString();
}
