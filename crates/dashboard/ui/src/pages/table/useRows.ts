import { useState } from "react";
import { useFirstRecords, useMoreRecords, useRecordsReader, type TableRecord } from "../../api/records";
import { PAGE_SIZE, type RecordsAsk } from "../../api/recordsSearch";
import type { Span } from "./rowWindow";

/** Browsers draw no page that is much taller than so many rows. */
const MOST_ROWS = 400_000;

const pageOf = (row: number) => Math.floor(row / PAGE_SIZE) + 1;

function pagesOf({ first, end }: Span, kept: readonly number[]): number[] {
  const pages = new Set(kept.map(pageOf));
  for (let page = pageOf(first); page <= pageOf(Math.max(first, end - 1)); page += 1) pages.add(page);
  // The first one is read in any case.
  pages.delete(1);
  return [...pages].sort((one, other) => one - other);
}

/** The records that are asked for as rows, read page by page as they come into view. */
export function useRows(table: string, ask: RecordsAsk) {
  const first = useFirstRecords(table, ask);
  const [shown, setShown] = useState<{ span: Span; kept: readonly number[] }>({ span: { first: 0, end: 0 }, kept: [] });
  const total = first.data?.total ?? 0;
  const count = Math.min(total, MOST_ROWS);
  const pages = first.isPlaceholderData
    ? []
    : pagesOf(shown.span, shown.kept).filter((page) => page <= pageOf(count - 1));
  const more = useMoreRecords(table, ask, pages);
  const reader = useRecordsReader(table, ask);
  const items = (page: number) => (page === 1 ? first.data : more[pages.indexOf(page)])?.items;
  const eachPage = ({ first: top, end }: Span) =>
    Array.from({ length: pageOf(end - 1) - pageOf(top) + 1 }, (_, at) => pageOf(top) + at);
  const cut = ({ first: top, end }: Span, found: readonly (readonly TableRecord[])[]) => {
    const before = (pageOf(top) - 1) * PAGE_SIZE;
    return found.flat().slice(top - before, end - before);
  };
  const at = (row: number): TableRecord | undefined => items(pageOf(row))?.[row % PAGE_SIZE];
  const drawn = Array.from({ length: shown.span.end - shown.span.first }, (_, place) => at(shown.span.first + place));
  return {
    query: first,
    /** How many rows there are to scroll through. */
    count,
    total,
    isExact: first.data?.total_exact ?? true,
    isBusy: first.isPlaceholderData,
    /** The record of a row; absent while it is being read. */
    at,
    /** The records of the rows that are drawn, as far as they were read. */
    inView: drawn.filter((record) => record !== undefined),
    /** The records of a span that were read before; null where some were not. */
    known: (span: Span): TableRecord[] | null => {
      const found = eachPage(span).map(reader.known);
      return found.every((page) => page !== undefined) ? cut(span, found) : null;
    },
    /** The records of the first rows, as many as were read before, and no more than `most`. */
    knownFirst: (most: number): TableRecord[] => {
      const found: TableRecord[] = [];
      for (let page = 1; found.length < most; page += 1) {
        const next = reader.known(page);
        if (!next || next.length === 0) break;
        found.push(...next);
      }
      return found.slice(0, most);
    },
    read: async (span: Span): Promise<TableRecord[]> => cut(span, await Promise.all(eachPage(span).map(reader.read))),
    /** Says which rows are in view, and which stay though they are not. */
    show: (span: Span, kept: readonly number[]) =>
      setShown((now) =>
        now.span.first === span.first && now.span.end === span.end && String(now.kept) === String(kept)
          ? now
          : { span, kept },
      ),
  };
}

export type Rows = ReturnType<typeof useRows>;
