import { FOUND_OUT, type Delimiter, type ImportOptions } from "../../../api/importOptions";
import type { ImportColumn } from "../../../api/imports";
import type { TableField } from "../../../api/tables";

/** The key that is no field: the records' own ids. */
export const ID = "id";

/** What can be told of how a file is read. */
export type Told = Partial<Omit<ImportOptions, "columns" | "upsert_key">>;

/** The options after it is told how the file is read. With other letters or of another sheet, columns are others. */
export function readAs(options: ImportOptions, part: Told): ImportOptions {
  const hasOthers = "encoding" in part || "delimiter" in part || "sheet" in part;
  return { ...options, ...part, ...(hasOthers && { columns: {}, upsert_key: "" }) };
}

/** The options after a column is told to be a field, or nothing. What had that field before is passed over. */
export function withColumn(
  options: ImportOptions,
  all: readonly ImportColumn[],
  name: string,
  field: string,
): ImportOptions {
  const told = Object.entries(options.columns).filter(([column]) => column !== name);
  const others = told.map(([column, its]) => [column, its === field ? "" : its]);
  // The column of ids is known by its name alone.
  const columns = Object.fromEntries(field === ID ? others : [...others, [name, field]]) as Record<string, string>;
  const next = { ...options, columns };
  const isFilled = all.some((column) => fieldIn(next, column) === options.upsert_key);
  // Records cannot be found by what the file does not say.
  return isFilled ? next : { ...next, upsert_key: "" };
}

const fieldIn = ({ columns }: ImportOptions, { name, field }: ImportColumn): string =>
  columns[name] ?? (field !== null && Object.values(columns).includes(field) ? "" : (field ?? ""));

/** By what the rows of a file can find their records: unique fields that it fills, and ids. */
export function keysOf(fields: readonly TableField[], columns: readonly ImportColumn[], now: string): string[] {
  const filled = new Set(columns.map(({ field }) => field));
  const keys = fields.filter(({ unique, name }) => unique && filled.has(name)).map(({ name }) => name);
  if (columns.some(({ name }) => name.toLowerCase() === ID)) keys.push(ID);
  return now === "" || keys.includes(now) ? keys : [...keys, now];
}

/** The word of the API for what separates cells. */
export const delimiterOf = (letter: string): Delimiter => (letter === "\t" ? "tab" : letter) as Delimiter;

/** Whether anything is told that could also be found out. */
export const isTold = (options: ImportOptions): boolean => JSON.stringify(options) !== JSON.stringify(FOUND_OUT);
