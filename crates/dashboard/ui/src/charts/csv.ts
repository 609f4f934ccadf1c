export type Cell = string | number | boolean | null;

/**
 * Where a spreadsheet may see the beginning of a formula: at the start of a text, or after what separates cells in one
 * country or another, whatever invisible characters come between. Numbers of the API keep their sign.
 */
const FORMULA = /(^|[,;|\t\r\n])([\s"'\p{Cf}]*)(?=[=+\-@＝＋－＠﹢﹣﹦﹫]|[\t\r\n])/gu;

function written(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const harmless = cell.replace(FORMULA, "$1$2'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Rows as CSV (RFC 4180). The mark at the start tells spreadsheets that it is UTF-8. */
export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  `\uFEFF${rows.map((row) => row.map(written).join(",")).join("\r\n")}\r\n`;
