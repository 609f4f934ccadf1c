import type { components } from "./schema";

type Schemas = components["schemas"];
export type Encoding = Schemas["EncodingWord"];
export type Delimiter = Schemas["DelimiterWord"];
export type Decimal = Schemas["DecimalWord"];
export type DateOrder = Schemas["DateOrderWord"];

/** How a file is read, and what its rows do. What is empty is found out. */
export interface ImportOptions {
  encoding: Encoding | "";
  delimiter: Delimiter | "";
  decimal: Decimal | "";
  date_order: DateOrder | "";
  /** The sheet of a workbook. */
  sheet: string;
  /** The unique field by which a row finds its record, or `id`; empty: every row is a new record. */
  upsert_key: string;
  /** The fields of columns; empty for a column that is passed over. */
  columns: Readonly<Record<string, string>>;
}

export const FOUND_OUT: ImportOptions = {
  encoding: "",
  delimiter: "",
  decimal: "",
  date_order: "",
  sheet: "",
  upsert_key: "",
  columns: {},
};

/** The address that imports a file with these options, and what else is asked for. */
export function importPath(
  table: string,
  { columns, ...told }: ImportOptions,
  more: Readonly<Record<string, string>>,
): string {
  const all = new URLSearchParams(more);
  for (const [name, value] of Object.entries(told)) if (value !== "") all.set(name, value);
  for (const [column, field] of Object.entries(columns)) all.set(`map[${column}]`, field);
  return `/api/entities/${table}/records:import?${all}`;
}
