import type { RowProblem } from "../../../api/observations";

/** A line of a table with all that is wrong in it. */
export interface BadLine {
  line: number | null;
  /** The line as it came, where the API could tell it. */
  text: string | null;
  problems: RowProblem[];
}

/** One entry a line, in the order of the file; what is wrong with the whole table stands first. */
export function linesOf(errors: readonly RowProblem[]): BadLine[] {
  const lines = new Map<number | null, BadLine>();
  for (const problem of errors) {
    const known = lines.get(problem.line);
    if (known) known.problems.push(problem);
    else lines.set(problem.line, { line: problem.line, text: problem.text, problems: [problem] });
  }
  return [...lines.values()].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
}

/** A piece of a line; `isBad` where the problem lies. */
export interface Piece {
  text: string;
  isBad: boolean;
}

const SEPARATORS = ["\t", ",", ";"];

/** The API cuts a copy of a line after so many characters. */
const CUT = 200;

/** A line in pieces, so that the cells of the named columns can be marked. Where they cannot be told, nothing is. */
export function piecesOf(text: string, headers: readonly string[], columns: readonly string[]): Piece[] {
  const bad = new Set(columns.map((column) => columnAt(headers, column)));
  bad.delete(-1);
  const cells = cellsOfLine(text, headers);
  if (bad.size === 0 || !cells) return [{ text, isBad: false }];
  return joined(cells.map((cell, at) => ({ text: cell, isBad: bad.has(at) })));
}

/** What stands in a column of a line; null where it cannot be told. */
export function cellOf(text: string, headers: readonly string[], column: string): string | null {
  const at = columnAt(headers, column);
  const cell = at < 0 ? undefined : cellsOfLine(text, headers)?.[at];
  return cell === undefined ? null : at === 0 ? cell : cell.slice(1);
}

/** The place of a column among the names; -1 where none is called so. */
export const columnAt = (headers: readonly string[], column: string): number =>
  headers.findIndex((name) => isSame(name, column));

/** The cells of a line, each with the separator before it; undefined where they cannot be told. */
export const cellsOfLine = (text: string, headers: readonly string[]): string[] | undefined =>
  SEPARATORS.map((separator) => cellsOf(text, separator)).find(
    (found) => found.length === headers.length || (text.length >= CUT && found.length > 1),
  );

const isSame = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase();

/** Cells with the separator that precedes them. A separator within quotes belongs to its cell. */
function cellsOf(text: string, separator: string): string[] {
  const cells = [""];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) cells.push("");
    cells[cells.length - 1] += character;
  }
  return cells;
}

/** The separators stand apart from bad cells; neighbours of one kind are one piece. */
function joined(cells: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  const add = (text: string, isBad: boolean) => {
    const last = pieces.at(-1);
    if (text === "") return;
    if (last?.isBad === isBad) last.text += text;
    else pieces.push({ text, isBad });
  };
  cells.forEach((cell, at) => {
    const start = at === 0 ? 0 : 1;
    add(cell.text.slice(0, start), false);
    add(cell.text.slice(start), cell.isBad);
  });
  return pieces;
}
