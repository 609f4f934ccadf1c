import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, call } from "./client";
import { Digits, exactJson, readExactJson } from "./exactJson";
import { entity, groupsKey, listKey } from "./records";
import type { Filter } from "./recordsSearch";
import type { components } from "./schema";

type Schemas = components["schemas"];
interface Answer {
  groups: Schemas["GroupView"][];
}
export type Unit = Schemas["CalendarUnitWord"];

/** By what records are grouped: the values of a field, or the spans of days that they are in. */
export interface Grouping {
  /** The id of the field. */
  field: string;
  by: Unit | null;
}

/** A value as it was written; of a span of days the first one. */
export type GroupKey = string | boolean | null;

export interface Group {
  key: GroupKey;
  count: number;
  /** The sums of fields, by their ids; null where no record has a value, or there are too many digits. */
  sums: Readonly<Record<string, string | null>>;
}

export interface Groups {
  groups: Group[];
  /** How many records are in them. */
  records: number;
}

/** The measures of a request, of which the first counts. */
export const MOST_SUMS = 9;

/** Which records are grouped; `filter` is undefined while it is not known yet. */
export interface GroupsAsk {
  filter: Filter | null | undefined;
  q: string;
  grouping: Grouping | null;
  /** The fields whose values are added up. */
  summed: readonly string[];
}

/** The groups of a table's records, in the order of their values, with nothing last. */
export function useRecordGroups(id: string, { filter, q, grouping, summed }: GroupsAsk) {
  const fields = summed.slice(0, MOST_SUMS);
  const body: Schemas["AggregateRequest"] | null = grouping && {
    ...(filter && { filter }),
    ...(q && { q }),
    group_by: [{ field: grouping.field, ...(grouping.by && { by: grouping.by }) }],
    measures: [{ measure: "count" }, ...fields.map((field) => ({ measure: "sum" as const, field }))],
    keys: "id",
    numbers: "string",
  };
  const kind = JSON.stringify(grouping);
  return useQuery({
    queryKey: [...groupsKey(id), kind, exactJson(body)],
    queryFn: async ({ signal }): Promise<Groups> => {
      if (!body) return { groups: [], records: 0 };
      const told = { params: entity(id), body, bodySerializer: exactJson, parseAs: "text", signal } as const;
      const text = await call(api.POST("/api/entities/{entity_id}/records:aggregate", told));
      return groupsOf(readExactJson(text) as Answer, fields);
    },
    enabled: grouping !== null && filter !== undefined,
    // Groups by something else would be read as values of this field.
    placeholderData: (before, query) => (query?.queryKey.at(-2) === kind ? before : undefined),
  });
}

/**
 * Reads the records of groups again once some of them have moved, as after a change of the value by which they are grouped:
 * else the group that they came to would have a row without a record.
 */
export function useReadAnew(id: string, groups: Groups | undefined) {
  const queries = useQueryClient();
  const before = useRef(groups);
  useEffect(() => {
    const was = before.current;
    before.current = groups;
    if (was && groups && was !== groups && sizes(was) !== sizes(groups))
      void queries.invalidateQueries({ queryKey: listKey(id) });
  }, [queries, id, groups]);
}

const sizes = ({ groups }: Groups): string => JSON.stringify(groups.map(({ key, count }) => [key, count]));

function groupsOf(answer: Answer, fields: readonly string[]): Groups {
  const groups = answer.groups.map(({ key, measures }): Group => {
    const [count, ...sums] = measures.map(plain);
    return {
      key: plain(key[0]),
      count: Number(count),
      sums: Object.fromEntries(fields.map((field, at) => [field, textOf(sums[at])])),
    };
  });
  return { groups, records: groups.reduce((sum, { count }) => sum + count, 0) };
}

function plain(value: unknown): GroupKey {
  if (value instanceof Digits) return value.text;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}

const textOf = (value: GroupKey | undefined): string | null => (typeof value === "string" ? value : null);
