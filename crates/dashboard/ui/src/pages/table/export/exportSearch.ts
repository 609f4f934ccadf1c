import { recordsSearch } from "../../../api/recordsSearch";
import type { Shown } from "../views/savedView";

/** For Excel, for any reader of CSV, or a record a line for programs. */
export type ExportKind = "excel" | "csv" | "jsonl";

const FORMS: Record<ExportKind, Record<string, string>> = {
  excel: { format: "csv", for: "excel" },
  csv: { format: "csv" },
  jsonl: { format: "jsonl" },
};

/** The part of an address that exports what the grid shows. The address names fields by ids, the file by names. */
export const exportSearch = ({ ask, fields }: Shown, kind: ExportKind): string =>
  recordsSearch(ask, {
    ...FORMS[kind],
    keys: "id",
    file_keys: "name",
    ...(fields.length > 0 && { fields: fields.join(",") }),
  });
