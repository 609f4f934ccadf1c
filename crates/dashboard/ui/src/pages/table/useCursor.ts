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

/** What takes the focus at a place: its cell, or the heading of a group as a whole. */
const reachedBy = (name = "") => `[data-cell="${name}"], [data-heading="${name.split(":")[0]}"]`;

const START: Place = { row: 0, column: 1 };

interface State {
  /** The cell that takes the focus; the others are reached from it by keys. */
  at: Place;
  /** The other corner of what is selected. */
  end: Place;
  /** Counts the moves, so that a move to the same place takes the focus there, too. */
  moves: number;
}

/** Where in a grid the person is, and what they selected from there. */
export function useCursor(grid: RefObject<HTMLTableElement | null>, rows: number, columns: number) {
  const [{ moves, ...wanted }, setState] = useState<State>({ at: START, end: START, moves: 0 });
  const inside = ({ row, column }: Place) => ({ row: clamp(row, rows), column: clamp(column, columns) });
  const [at, end] = [inside(wanted.at), inside(wanted.end)];
  const [name, endName] = [at, end].map(({ row, column }) => `${row}:${column}`);
  useEffect(() => {
    if (moves === 0) return;
    grid.current?.querySelector<HTMLElement>(reachedBy(name))?.focus();
  }, [grid, moves, name]);
  useEffect(() => {
    if (endName === name) return;
    grid.current?.querySelector(reachedBy(endName))?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [grid, name, endName]);
  return {
    at,
    end,
    /** Takes the focus to a cell, and selects nothing else. */
    moveTo: (place: Place) => setState((state) => ({ at: place, end: place, moves: state.moves + 1 })),
    /** Selects up to a cell; the focus stays. */
    selectTo: (place: Place) => setState((state) => ({ ...state, end: place })),
    /** The focus went there by itself. */
    note: (place: Place) =>
      setState((state) =>
        state.at.row === place.row && state.at.column === place.column ? state : { ...state, at: place, end: place },
      ),
  };
}

export type Cursor = ReturnType<typeof useCursor>;
