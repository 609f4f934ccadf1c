import { newKey } from "../../../api/jobs";
import { cellsOfLine, columnAt } from "./errorLines";
import { isWorkbook, type Source } from "./source";

/** A cell of a line, as the API told the line. */
export interface BadCell {
  line: number;
  text: string;
  headers: readonly string[];
  column: string;
}

/** The API cuts a copy of a line after so many characters; what is cut cannot be compared with the file. */
const CUT = 200;

/** Whether the page can write another value into a cell. */
export const isMendable = (source: Source, { text, headers, column }: BadCell): boolean =>
  !isWorkbook(source) && text.length < CUT && rewritten(text, headers, column, "") !== null;

/**
 * The table with another value in one cell. Every other byte stays. Null where the line does not stand in the file as the
 * API told it, as with line breaks inside of cells.
 */
export async function mended(source: Source, cell: BadCell, value: string): Promise<Source | null> {
  const written = rewritten(cell.text, cell.headers, cell.column, value);
  if (written === null) return null;
  // A mark at the start of the file is a byte like any other.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await source.body.arrayBuffer());
  const start = startOfLine(text, cell.line);
  if (start === null) return null;
  const end = /[\r\n]|$/.exec(text.slice(start))?.index ?? 0;
  if (text.slice(start, start + end).trim() !== cell.text.trim()) return null;
  const body = new Blob([text.slice(0, start), written, text.slice(start + end)], { type: source.body.type });
  return { ...source, id: newKey(), body, file: null, mends: source.mends + 1 };
}

function startOfLine(text: string, line: number): number | null {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return null;
    start = end + 1;
  }
  return start;
}

function rewritten(text: string, headers: readonly string[], column: string, value: string): string | null {
  const [cells, at] = [cellsOfLine(text, headers), columnAt(headers, column)];
  if (!cells || at < 0 || at >= cells.length) return null;
  const separator = cells[1]?.[0] ?? ",";
  const isPlain = !/["\r\n]/.test(value) && !value.includes(separator);
  const cell = isPlain ? value : `"${value.replaceAll('"', '""').replaceAll(/[\r\n]+/g, " ")}"`;
  return cells.map((before, index) => (index === at ? (index === 0 ? cell : separator + cell) : before)).join("");
}
