import type { Table } from "../../api/tables";

/** The names of fields whose values together no two records have. */
export type UniqueSet = readonly string[];

export const MOST_SETS = 10;
export const FEWEST_FIELDS = 2;
export const MOST_FIELDS = 8;

/** Whether two sets have the same fields; their order says nothing. */
export const isSameSet = (one: UniqueSet, other: UniqueSet): boolean =>
  one.length === other.length && one.every((name) => other.includes(name));

export const withSet = (sets: readonly UniqueSet[], set: UniqueSet): string[][] =>
  [...sets.filter((one) => !isSameSet(one, set)), set].map((one) => [...one]);

export const withoutSet = (sets: readonly UniqueSet[], set: UniqueSet): string[][] =>
  sets.filter((one) => !isSameSet(one, set)).map((one) => [...one]);

/** What people call the fields of a set, in the order of the table. */
export const fieldsOf = (table: Pick<Table, "fields">, set: UniqueSet): string[] =>
  table.fields.filter(({ name }) => set.includes(name)).map(({ display_name }) => display_name);
