import type { RecordsAsk } from "../../../api/recordsSearch";
import type { TableField } from "../../../api/tables";

/** For Excel, for any reader of CSV, or a record a line for programs. */
export type ExportKind = "excel" | "csv" | "jsonl";

const FORMS: Record<ExportKind, Record<string, string>> = {
  excel: { format: "csv", for: "excel" },
  csv: { format: "csv" },
  jsonl: { format: "jsonl" },
};

/**
 * The part of an address that exports what the grid shows. Fields go by their names here, not by their ids, since the
 * file names them in the same way.
 */
export function exportSearch({ sort, q, conditions }: RecordsAsk, fields: readonly TableField[], kind: ExportKind) {
  const names = new Map(fields.map(({ id, name }) => [id, name]));
  const all = new URLSearchParams(FORMS[kind]);
  const steps = sort.split(",").flatMap((step) => {
    const name = names.get(step.replace(/^-/, ""));
    const place = step.startsWith("-") ? "-" : "";
    return name !== undefined && isWritable(name) ? [`${place}${name}`] : [];
  });
  if (steps.length > 0) all.set("sort", steps.join(","));
  if (q) all.set("q", q);
  for (const { field, op, value } of conditions) all.set(`filter[${names.get(field) ?? field}][${op}]`, value);
  return all.toString();
}

/** Whether an order can say the name: a comma would end it, and a hyphen in front turns it round. */
const isWritable = (name: string): boolean => !name.includes(",") && !name.startsWith("-");
