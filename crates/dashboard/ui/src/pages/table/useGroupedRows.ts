import { useMemo } from "react";
import { useRecordPages, useRecordsReader, type AskedPage, type TableRecord } from "../../api/records";
import {
  MOST_SUMS,
  useReadAnew,
  useRecordGroups,
  type Group,
  type Grouping,
  type GroupKey,
} from "../../api/recordGroups";
import { PAGE_SIZE, type Filter, type RecordsAsk } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { batchesOf, conditionOfAll, groupOf } from "./groupBatches";
import { both, inOrder } from "./grouping";
import { GroupLines, type Part } from "./groupLines";
import { useOpenGroups } from "./useOpenGroups";
import { cut, MOST_ROWS, pagesFor, useInView, type Rows } from "./useRows";
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
  const { zone } = useFormat();
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

  const batches = useMemo(() => batchesOf(groups), [groups]);
  const batchAt = useMemo(
    () => batches.flatMap((batch) => Array.from({ length: batch.end - batch.first }, () => batch)),
    [batches],
  );
  const split = useMemo(() => splitter(grouping, field, zone), [grouping, field, zone]);
  const isShared = (group: number) => {
    const batch = batchAt[group];
    return batch !== undefined && batch.end - batch.first > 1;
  };
  const asked = (group: number, page: number): AskedPage | null => {
    const batch = batchAt[group];
    if (!batch || !grouping || !field) return null;
    const keys = groups.slice(batch.first, batch.end).map(({ key }) => key);
    const own = both(filter ?? null, conditionOfAll(grouping, keys, field));
    return { ask: { sort: ask.sort, q: ask.q, conditions: [], filter: own }, page };
  };
  /** Groups that are read together have one page. */
  const pagesOf = (part: Part): number[] => (isShared(part.group) ? [1] : pagesFor(part));
  const nameOf = (group: number, page: number) => `${batchAt[group]?.first}/${page}`;
  const recordsOf = (part: Part, pages: readonly (readonly TableRecord[])[]): TableRecord[] => {
    const [first] = pages;
    if (!isShared(part.group)) return cut(part, pages);
    return first ? split(first, groups[part.group]?.key).slice(part.first, part.end) : [];
  };
  const pages = new Map<string, AskedPage>();
  const partAt = (row: number): Part | null => {
    const line = lines.at(row);
    return line && line.place !== null ? { group: line.group, first: line.place, end: line.place + 1 } : null;
  };
  const want = (row: number) => {
    const part = partAt(row);
    for (const page of part ? pagesOf(part) : []) {
      const name = nameOf(part?.group ?? 0, page);
      const one = pages.has(name) ? null : asked(part?.group ?? 0, page);
      if (one) pages.set(name, one);
    }
  };
  for (let row = shown.span.first; row < Math.min(shown.span.end, count); row += 1) want(row);
  shown.kept.forEach(want);
  const names = [...pages.keys()];
  const found = useRecordPages(table, query.isPlaceholderData ? [] : [...pages.values()]);
  const reader = useRecordsReader(table);
  useReadAnew(table, query.data);

  const at = (row: number): TableRecord | undefined => {
    const part = partAt(row);
    const [page = 0] = part ? pagesOf(part) : [];
    const items = part && found[names.indexOf(nameOf(part.group, page))]?.items;
    if (!items) return undefined;
    return isShared(part.group) ? recordsOf(part, [items])[0] : items[part.first % PAGE_SIZE];
  };
  const headingAt = (row: number): Heading | null => {
    const line = lines.at(row);
    const group = line && line.place === null ? groups[line.group] : undefined;
    if (!line || !group || !field || !grouping) return null;
    const isOpen = open.isOpen(group.key);
    const [place, of] = [line.group + 1, groups.length];
    return { ...group, grouping, field, isOpen, place, of, toggle: () => open.toggle(group.key) };
  };
  const knownPart = (part: Part): TableRecord[] | null => {
    const read = pagesOf(part).map((page) => {
      const one = asked(part.group, page);
      return one && reader.known(one);
    });
    return read.every((page) => !!page) ? recordsOf(part, read) : null;
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
        const wanted = pagesOf(part).flatMap((page) => asked(part.group, page) ?? []);
        return recordsOf(part, await Promise.all(wanted.map(reader.read)));
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

/** Tells the records of a page apart that belong to several groups; each page is gone through once. */
function splitter(grouping: Grouping | null, field: TableField | undefined, zone: string) {
  const done = new WeakMap<readonly TableRecord[], Map<string, TableRecord[]>>();
  return (items: readonly TableRecord[], key: GroupKey | undefined): readonly TableRecord[] => {
    if (!grouping || !field) return [];
    let groups = done.get(items);
    if (!groups) {
      groups = new Map<string, TableRecord[]>();
      for (const item of items) {
        const name = groupOf(grouping, field, item.data[field.id], zone);
        groups.set(name, [...(groups.get(name) ?? []), item]);
      }
      done.set(items, groups);
    }
    return groups.get(groupOf(grouping, field, key, zone)) ?? [];
  };
}
