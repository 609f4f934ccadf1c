/** A text that a spreadsheet would take for a formula; numbers with a sign are none. */
const FORMULA = /^[\s\p{Cf}]*(?:[=@＝＋－＠﹢﹣﹦﹫\t\r\n]|[+-](?![\d.,\s]*$))/u;

const harmless = (text: string): string => (FORMULA.test(text) || text.startsWith("'") ? `'${text}` : text);

function written(text: string): string {
  const safe = harmless(text);
  return /["\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Cells as spreadsheets exchange them: columns by tabs, rows by line ends. */
export const toSheet = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map(written).join("\t")).join("\r\n");

/** A cell: in quotes, which are doubled in it, or up to the next tab or line end. */
const CELL = /(?:"((?:[^"]|"")*)"(?=\t|\r|\n|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/gy;

/** The cells of a copied text; the apostrophe that keeps a formula a text is taken off. */
export function fromSheet(text: string): string[][] {
  const rows: string[][] = [[]];
  // The line end that closes the last row begins no other one.
  for (const [, quoted, plain = "", end] of text.replace(/(\r\n|\n|\r)$/, "").matchAll(CELL)) {
    const cell = quoted === undefined ? plain : quoted.replaceAll('""', '"');
    rows.at(-1)?.push(/^'(?:'|[=+\-@＝＋－＠﹢﹣﹦﹫\s\p{Cf}])/u.test(cell) ? cell.slice(1) : cell);
    if (end === "") break;
    if (end !== "\t") rows.push([]);
  }
  return rows;
}
