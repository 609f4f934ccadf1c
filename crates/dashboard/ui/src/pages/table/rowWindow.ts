/** Rows beyond those in view, so that a short scroll finds them drawn. */
const SPARE = 6;

/** Rows from `first` up to, and not including, `end`. */
export interface Span {
  first: number;
  end: number;
}

/** The rows to draw: those between two heights of the sheet and some more, in steps, so that it is seldom drawn anew. */
export function rowsBetween(top: number, bottom: number, height: number, count: number): Span {
  const step = (row: number) => Math.floor(row / SPARE) * SPARE;
  const first = Math.max(0, step(top / height) - SPARE);
  const end = Math.min(count, step(bottom / height) + 2 * SPARE);
  return { first: Math.min(first, end), end };
}

/** A run of rows that are drawn, and how many before it are not. */
export interface Run extends Span {
  skipped: number;
}

/** Runs of drawn rows, in order: the span, and rows that stay though they are out of view. */
export function runsOf({ first, end }: Span, kept: readonly number[], count: number): Run[] {
  const rows = new Set(kept.filter((row) => row >= 0 && row < count));
  for (let row = first; row < end; row += 1) rows.add(row);
  const runs: Run[] = [];
  for (const row of [...rows].sort((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last?.end === row) last.end += 1;
    else runs.push({ skipped: row - (last?.end ?? 0), first: row, end: row + 1 });
  }
  return runs;
}
