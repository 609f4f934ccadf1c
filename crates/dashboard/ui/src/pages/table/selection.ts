import type { Place } from "./useCursor";

/** Cells from one corner to the other, both included. */
export interface Range {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** The cells between two places, as far as they hold fields: columns 1 to `fields`. */
export function rangeOf(one: Place, other: Place, fields: number): Range {
  const within = (column: number) => Math.max(1, Math.min(column, fields));
  return {
    top: Math.min(one.row, other.row),
    bottom: Math.max(one.row, other.row),
    left: within(Math.min(one.column, other.column)),
    right: within(Math.max(one.column, other.column)),
  };
}

export const isOneCell = ({ top, bottom, left, right }: Range): boolean => top === bottom && left === right;

export interface Aimed {
  row: number;
  column: number;
  text: string;
}

/** Where pasted cells go: from the upper left corner on; one alone, or one row or column, fills what is selected. */
export function aimedAt(
  range: Range,
  pasted: readonly (readonly string[])[],
  rows: number,
  fields: number,
): { cells: Aimed[]; lost: number } {
  const wide = Math.max(0, ...pasted.map((line) => line.length));
  const repeated = (size: number, selected: number) => (size === 1 ? Math.max(1, selected) : size);
  const height = repeated(pasted.length, range.bottom - range.top + 1);
  const width = repeated(wide, range.right - range.left + 1);
  const cells: Aimed[] = [];
  let lost = 0;
  for (let down = 0; down < height; down += 1)
    for (let across = 0; across < width; across += 1) {
      const text = pasted[pasted.length === 1 ? 0 : down]?.[wide === 1 ? 0 : across];
      const [row, column] = [range.top + down, range.left + across];
      if (text === undefined) continue;
      if (row >= rows || column > fields) lost += 1;
      else cells.push({ row, column, text });
    }
  return { cells, lost };
}
