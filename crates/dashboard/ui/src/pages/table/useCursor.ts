import { useEffect, useState, type KeyboardEvent, type RefObject } from "react";

export interface Place {
  row: number;
  column: number;
}

const clamp = (value: number, end: number) => Math.max(0, Math.min(value, end - 1));

/** Rows that PageUp and PageDown pass. */
const LEAP = 10;

/** Where a key of a sheet leads to; null for one that leads nowhere. */
export function placeAfter(
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">,
  { row, column }: Place,
  rows: number,
  columns: number,
): Place | null {
  const isFar = ctrlKey || metaKey;
  const next = {
    ArrowUp: { row: isFar ? 0 : row - 1, column },
    ArrowDown: { row: isFar ? rows : row + 1, column },
    ArrowLeft: { row, column: isFar ? 0 : column - 1 },
    ArrowRight: { row, column: isFar ? columns : column + 1 },
    Home: { row: isFar ? 0 : row, column: 0 },
    End: { row: isFar ? rows : row, column: columns },
    PageUp: { row: row - LEAP, column },
    PageDown: { row: row + LEAP, column },
  }[key];
  return next ? { row: clamp(next.row, rows), column: clamp(next.column, columns) } : null;
}

/** One cell of a grid takes the focus; the others are reached from it by keys. */
export function useCursor(grid: RefObject<HTMLTableElement | null>, rows: number, columns: number) {
  const [wanted, setWanted] = useState<Place>({ row: 0, column: 1 });
  // Counts the moves, so that a move to the same place takes the focus there, too.
  const [moves, setMoves] = useState(0);
  const at = { row: clamp(wanted.row, rows), column: clamp(wanted.column, columns) };
  const name = `${at.row}:${at.column}`;
  useEffect(() => {
    if (moves > 0) grid.current?.querySelector<HTMLElement>(`[data-cell="${name}"]`)?.focus();
  }, [grid, moves, name]);
  return {
    at,
    isAt: (row: number, column: number) => at.row === row && at.column === column,
    /** Takes the focus to a cell. */
    moveTo: (place: Place) => {
      setWanted(place);
      setMoves((count) => count + 1);
    },
    /** The focus went there by itself. */
    note: (place: Place) => setWanted(place),
  };
}

export type Cursor = ReturnType<typeof useCursor>;
