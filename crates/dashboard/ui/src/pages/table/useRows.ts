import { useState } from "react";
import { useFirstRecords, useRecordPages, useRecordsReader, type AskedPage, type TableRecord } from "../../api/records";
import { PAGE_SIZE, type RecordsAsk } from "../../api/recordsSearch";
import type { Span } from "./rowWindow";
import type { Heading } from "./useGroupedRows";

/** Browsers draw no page that is much taller than so many rows. */
export const MOST_ROWS = 400_000;

export const pageOf = (row: number) => Math.floor(row / PAGE_SIZE) + 1;

/** The pages that have the rows of a span. */
export const pagesFor = ({ first, end }: Span): number[] =>
  end <= first ? [] : Array.from({ length: pageOf(end - 1) - pageOf(first) + 1 }, (_, at) => pageOf(first) + at);

/** The records of a span, out of all those of its pages. */
export const cut = ({ first, end }: Span, found: readonly (readonly TableRecord[])[]): TableRecord[] => {
  const before = (pageOf(first) - 1) * PAGE_SIZE;
  return found.flat().slice(first - before, end - before);
};

/** Which rows are in view, and which stay though they are not. */
export interface InView {
  span: Span;
  kept: readonly number[];
}

export function useInView() {
  const [shown, setShown] = useState<InView>({ span: { first: 0, end: 0 }, kept: [] });
  const show = (span: Span, kept: readonly number[]) =>
    setShown((now) =>
      now.span.first === span.first && now.span.end === span.end && String(now.kept) === String(kept)
        ? now
        : { span, kept },
    );
  return { shown, show };
}

/** What a sheet has to know of its rows, each of which is a record, or the heading of a group of them. */
export interface Rows {
  query: Pick<ReturnType<typeof useFirstRecords>, "isError" | "error"> & {
    isKnown: boolean;
    refetch: () => unknown;
  };
  /** How many rows there are to scroll through. */
  count: number;
  /** How many records there are. */
  total: number;
  isExact: boolean;
  isBusy: boolean;
  /** The record of a row; absent while it is being read. */
  at: (row: number) => TableRecord | undefined;
  headingAt: (row: number) => Heading | null;
  /** The number that people read beside a record. */
  numberAt: (row: number) => number;
  /** Records have places without the rows of headings. How many there are: */
  places: number;
  /** The places of the records from one row to another, both included. */
  placesIn: (top: number, bottom: number) => Span;
  /** The records of the rows that are drawn, as far as they were read. */
  inView: TableRecord[];
  /** The records of places that were read before; null where some were not. */
  known: (places: Span) => TableRecord[] | null;
  read: (places: Span) => Promise<TableRecord[]>;
  /** The first rows, as many as were read before, and no more than `most`; null for a heading. */
  knownFirst: (most: number) => (TableRecord | null)[];
  show: (span: Span, kept: readonly number[]) => void;
}

/** The records that are asked for as rows, read page by page as they come into view. */
export function useRows(table: string, ask: RecordsAsk, isWanted: boolean): Rows {
  const first = useFirstRecords(table, ask, isWanted);
  const { shown, show } = useInView();
  const total = first.data?.total ?? 0;
  const count = Math.min(total, MOST_ROWS);
  const asked = (page: number): AskedPage => ({ ask, page });
  const wanted = new Set([...shown.kept.map(pageOf), ...pagesFor(shown.span)]);
  // The first one is read in any case.
  wanted.delete(1);
  const pages = first.isPlaceholderData || !isWanted ? [] : [...wanted].filter((page) => page <= pageOf(count - 1));
  const more = useRecordPages(table, pages.map(asked));
  const reader = useRecordsReader(table);
  const items = (page: number) => (page === 1 ? first.data : more[pages.indexOf(page)])?.items;
  const at = (row: number): TableRecord | undefined => items(pageOf(row))?.[row % PAGE_SIZE];
  const drawn = Array.from({ length: shown.span.end - shown.span.first }, (_, place) => at(shown.span.first + place));
  return {
    query: { isError: first.isError, error: first.error, isKnown: first.data !== undefined, refetch: first.refetch },
    count,
    total,
    isExact: first.data?.total_exact ?? true,
    isBusy: first.isPlaceholderData,
    at,
    headingAt: () => null,
    numberAt: (row) => row + 1,
    places: count,
    placesIn: (top, bottom) => ({ first: top, end: bottom + 1 }),
    inView: drawn.filter((record) => record !== undefined),
    known: (span) => {
      const found = pagesFor(span).map((page) => reader.known(asked(page)));
      return found.every((page) => page !== undefined) ? cut(span, found) : null;
    },
    knownFirst: (most) => {
      const found: TableRecord[] = [];
      for (let page = 1; found.length < most; page += 1) {
        const next = reader.known(asked(page));
        if (!next || next.length === 0) break;
        found.push(...next);
      }
      return found.slice(0, most);
    },
    read: async (span) => cut(span, await Promise.all(pagesFor(span).map((page) => reader.read(asked(page))))),
    show,
  };
}
