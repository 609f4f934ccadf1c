import { useMemo } from "react";
import { useRecordPages, useRecordsReader, type AskedPage, type TableRecord } from "../../api/records";
import { MOST_SUMS, useRecordGroups, type Group, type Grouping } from "../../api/recordGroups";
import { PAGE_SIZE, type Filter, type RecordsAsk } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { both, conditionOf, inOrder } from "./grouping";
import { GroupLines, type Part } from "./groupLines";
import { useOpenGroups } from "./useOpenGroups";
import { cut, MOST_ROWS, pageOf, pagesFor, useInView, type Rows } from "./useRows";
import { isNumeric } from "./values";

/** The heading of a group, in the place of a record. */
export interface Heading extends Group {
  grouping: Grouping;
  field: TableField;
  isOpen: boolean;
  /** Its place among the groups, from 1, and how many there are. */
  place: number;
  of: number;
  toggle: () => void;
}

interface Asked {
  table: string;
  ask: RecordsAsk;
  /** Which records the sheet shows; undefined while that is not known yet. */
  filter: Filter | null | undefined;
  grouping: Grouping | null;
  /** Those of the table, of which one may be hidden. */
  fields: readonly TableField[];
  /** Those that are shown; numbers are added up. */
  columns: readonly TableField[];
}

/** Records in groups: of each a heading, and below it the records, which are read as they come into view. */
export function useGroupedRows({ table, ask, filter, grouping, fields, columns }: Asked) {
  const summed = columns.filter(isNumeric).slice(0, MOST_SUMS);
  const query = useRecordGroups(table, { filter, q: ask.q, grouping, summed: summed.map(({ id }) => id) });
  const field = fields.find(({ id }) => id === grouping?.field);
  const isDown = ask.sort.startsWith("-") && ask.sort.slice(1).split(",")[0] === grouping?.field;
  const groups = useMemo(
    () => (query.data && field ? inOrder(query.data.groups, field, isDown) : []),
    [query.data, field, isDown],
  );
  const open = useOpenGroups(JSON.stringify(grouping), groups.length);
  const { shown, show } = useInView();
  const lines = new GroupLines(groups.map(({ key, count }) => (open.isOpen(key) ? count : 0)));
  const count = Math.min(lines.count, MOST_ROWS);

  const asked = (group: number, page: number): AskedPage | null => {
    const key = groups[group]?.key;
    if (!grouping || !field || key === undefined) return null;
    const { sort, q } = ask;
    const own = both(filter ?? null, conditionOf(grouping, key, field.field_type));
    return { ask: { sort, q, conditions: [], filter: own }, page };
  };
  const pages = new Map<string, AskedPage>();
  const want = (row: number) => {
    const line = lines.at(row);
    if (!line || line.place === null) return;
    const page = asked(line.group, pageOf(line.place));
    if (page) pages.set(nameOf(line.group, page.page), page);
  };
  for (let row = shown.span.first; row < Math.min(shown.span.end, count); row += 1) want(row);
  shown.kept.forEach(want);
  const names = [...pages.keys()];
  const found = useRecordPages(table, query.isPlaceholderData ? [] : [...pages.values()]);
  const reader = useRecordsReader(table);

  const at = (row: number): TableRecord | undefined => {
    const line = lines.at(row);
    if (!line || line.place === null) return undefined;
    return found[names.indexOf(nameOf(line.group, pageOf(line.place)))]?.items[line.place % PAGE_SIZE];
  };
  const headingAt = (row: number): Heading | null => {
    const line = lines.at(row);
    const group = line && line.place === null ? groups[line.group] : undefined;
    if (!line || !group || !field || !grouping) return null;
    const isOpen = open.isOpen(group.key);
    const [place, of] = [line.group + 1, groups.length];
    return { ...group, grouping, field, isOpen, place, of, toggle: () => open.toggle(group.key) };
  };
  const pagesOfPart = (part: Part) => pagesFor(part).map((page) => asked(part.group, page));
  const knownPart = (part: Part): TableRecord[] | null => {
    const read = pagesOfPart(part).map((page) => page && reader.known(page));
    return read.every((page) => !!page) ? cut(part, read) : null;
  };
  const drawn = Array.from({ length: shown.span.end - shown.span.first }, (_, place) => at(shown.span.first + place));
  const rows: Rows = {
    query: { isError: query.isError, error: query.error, isKnown: query.data !== undefined, refetch: query.refetch },
    count,
    total: query.data?.records ?? 0,
    isExact: true,
    isBusy: query.isPlaceholderData,
    at,
    headingAt,
    numberAt: (row) => (lines.at(row)?.place ?? 0) + 1,
    places: lines.places,
    placesIn: (top, bottom) => lines.placesIn(top, bottom),
    inView: drawn.filter((record) => record !== undefined),
    known: (places) => {
      const parts = lines.partsOf(places).map(knownPart);
      return parts.every((part) => part !== null) ? parts.flat() : null;
    },
    read: async (places) => {
      const parts = lines.partsOf(places).map(async (part) => {
        const wanted = pagesOfPart(part).filter((page) => page !== null);
        return cut(part, await Promise.all(wanted.map(reader.read)));
      });
      return (await Promise.all(parts)).flat();
    },
    knownFirst: (most) => {
      const first: (TableRecord | null)[] = [];
      for (const [group, { key, count: size }] of groups.entries()) {
        first.push(null);
        if (!open.isOpen(key)) continue;
        const records = knownPart({ group, first: 0, end: Math.min(size, most) });
        if (!records) break;
        first.push(...records);
        if (first.length >= most) break;
      }
      return first.slice(0, most);
    },
    show,
  };
  const headings = Array.from({ length: shown.span.end - shown.span.first }, (_, row) =>
    headingAt(shown.span.first + row),
  );
  return { rows, groups, open, inView: headings.filter((heading) => heading !== null) };
}

const nameOf = (group: number, page: number) => `${group}/${page}`;
