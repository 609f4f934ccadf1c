import type { components } from "./schema";

export type Operator = components["schemas"]["OperatorWord"];

/** Records on a page. */
export const PAGE_SIZE = 50;

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
  page: number;
  /** The id of a field, `-` in front for the largest first; empty for the newest first. */
  sort: string;
  q: string;
  conditions: readonly Condition[];
}

/** The part of an address that asks for records. */
export function recordsSearch({ page, sort, q, conditions }: RecordsAsk): string {
  const all = new URLSearchParams({ page: String(page), page_size: String(PAGE_SIZE), ...FORM });
  if (sort) all.set("sort", sort);
  if (q) all.set("q", q);
  for (const { field, op, value } of conditions) all.set(`filter[${field}][${op}]`, value);
  return all.toString();
}
