import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { api, call, callTagged } from "./client";
import { exactJson } from "./exactJson";
import { ifMatch } from "./overtaken";
import { numbered } from "./pages";
import { Problem } from "./problem";
import { FORM, pageRequest, pageSearch, type RecordsAsk } from "./recordsSearch";
import type { components } from "./schema";

export type TableRecord = components["schemas"]["RecordView"];
export type RecordsPage = components["schemas"]["RecordsPage"];
export type TrashedRecord = components["schemas"]["TrashedRecord"];
/** A record of another table to choose. */
type Choice = components["schemas"]["ChoiceView"];
export type Revision = components["schemas"]["RevisionView"];
/** Values by the ids of their fields. */
export type Data = components["schemas"]["DataView"];

export const entity = (id: string) => ({ path: { entity_id: id } });
const one = (id: string, record: string) => ({ path: { entity_id: id, record_id: record } });

export const listKey = (id: string) => ["tables", id, "records", "list"] as const;
const recordKey = (id: string, record: string) => ["tables", id, "records", record] as const;

/** Groups of the records of a table, which change with them. */
export const groupsKey = (id: string) => ["tables", id, "records", "groups"] as const;

const listQuery = (id: string, ask: RecordsAsk, page: number) => {
  if (ask.filter) return queriedList(id, pageRequest(ask, page));
  const search = pageSearch(ask, page);
  return {
    queryKey: [...listKey(id), search],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      call(api.GET("/api/entities/{entity_id}/records", { params: entity(id), querySerializer: () => search, signal })),
  };
};

const queriedList = (id: string, body: ReturnType<typeof pageRequest>) => ({
  queryKey: [...listKey(id), exactJson(body)],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    call(
      api.POST("/api/entities/{entity_id}/records:query", {
        params: entity(id),
        body,
        bodySerializer: exactJson,
        signal,
      }),
    ),
});

/** The first page of records, which also tells how many there are; while another order is read, the old one stays. */
export const useFirstRecords = (id: string, ask: RecordsAsk, isWanted: boolean) =>
  useQuery({ ...listQuery(id, ask, 1), placeholderData: keepPreviousData, enabled: isWanted });

const dataOfEach = <T>(answers: readonly { data: T | undefined }[]): (T | undefined)[] =>
  answers.map(({ data }) => data);

/** A page of records, of those that are asked for. */
export interface AskedPage {
  ask: RecordsAsk;
  page: number;
}

/** Pages of records, each absent until it was read. */
export const useRecordPages = (id: string, pages: readonly AskedPage[]) =>
  useQueries({
    queries: pages.map(({ ask, page }) => listQuery(id, ask, page)),
    combine: dataOfEach<RecordsPage>,
  });

/** Pages that were read before, and others on demand. */
export function useRecordsReader(id: string) {
  const queries = useQueryClient();
  return {
    known: ({ ask, page }: AskedPage) => queries.getQueryData<RecordsPage>(listQuery(id, ask, page).queryKey)?.items,
    read: async ({ ask, page }: AskedPage) =>
      (await queries.fetchQuery({ ...listQuery(id, ask, page), staleTime: STILL_FRESH_MS })).items,
  };
}

/** So long what was read is as good as read again. */
const STILL_FRESH_MS = 60_000;

export const readRecord = (id: string, record: string, form: Partial<typeof FORM> = FORM) =>
  api.GET("/api/entities/{entity_id}/records/{record_id}", { params: { ...one(id, record), query: form } });

export const useRecord = (id: string, record: string) =>
  useQuery({ queryKey: recordKey(id, record), queryFn: () => call(readRecord(id, record)) });

/** What a record was, the latest first, page by page. */
export const useRevisions = (id: string, record: string) =>
  useInfiniteQuery({
    queryKey: [...recordKey(id, record), "revisions"],
    queryFn: ({ pageParam: page }) => call(readRevisions(id, record, { page })),
    ...numbered,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });

const readRevisions = (id: string, record: string, part: { page?: number; page_size?: number }) =>
  api.GET("/api/entities/{entity_id}/records/{record_id}/revisions", {
    params: { ...one(id, record), query: { ...FORM, ...part } },
  });

/** Somebody else wrote the record after it was shown. */
export class Conflict extends Error {
  override readonly name = "Conflict";
  /** What it holds now. */
  readonly current: TableRecord;
  /** The change that made it so, where it is told. */
  readonly by: Revision | null;

  constructor(current: TableRecord, by: Revision | null) {
    super("conflict");
    this.current = current;
    this.by = by;
  }
}

const MOST_TRIES = 3;

/**
 * Writes a record as it was shown at `revision`; where somebody was faster, nothing is written. An `ETag` is of the form
 * in which the writing request names fields and numbers.
 */
async function asShown<T>(
  id: string,
  record: string,
  revision: number,
  write: (etag: string | null) => Promise<T>,
  form: Partial<typeof FORM> = FORM,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const now = await callTagged(readRecord(id, record, form));
    if (now.data.revision !== revision)
      throw new Conflict(await call(readRecord(id, record)), await latest(id, record));
    try {
      return await write(now.etag);
    } catch (error) {
      const isOvertaken = error instanceof Problem && error.code === "PRECONDITION_FAILED";
      if (!isOvertaken || tries === MOST_TRIES) throw error;
    }
  }
}

async function latest(id: string, record: string): Promise<Revision | null> {
  try {
    return (await call(readRevisions(id, record, { page_size: 1 }))).items[0] ?? null;
  } catch {
    // That nobody can tell who it was is no reason to say otherwise what happened.
    return null;
  }
}

/** The records as they are known from now on, in every list that shows them; their places stay until lists are read. */
export function remember(queries: QueryClient, id: string, records: readonly TableRecord[]) {
  const known = new Map(records.map((record) => [record.id, record]));
  queries.setQueriesData<RecordsPage>(
    { queryKey: listKey(id) },
    (page) => page && { ...page, items: page.items.map((item) => known.get(item.id) ?? item) },
  );
  for (const record of records) {
    queries.setQueryData(recordKey(id, record.id), record);
    void queries.invalidateQueries({ queryKey: [...recordKey(id, record.id), "revisions"] });
  }
  // A value that changed is another sum, or another group.
  void queries.invalidateQueries({ queryKey: groupsKey(id) });
}

export interface RecordChange {
  record: string;
  /** The revision that was shown. */
  revision: number;
  /** What changes; what is not named stays. */
  data: Data;
}

export function useChangeRecord(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ record, revision, data }: RecordChange) =>
      asShown(id, record, revision, (etag) =>
        call(
          api.PATCH("/api/entities/{entity_id}/records/{record_id}", {
            params: { ...one(id, record), query: FORM, header: ifMatch(etag) },
            body: { data },
            bodySerializer: exactJson,
          }),
        ),
      ),
    onSuccess: (changed) => remember(queries, id, [changed]),
    onError: (error) => error instanceof Conflict && remember(queries, id, [error.current]),
  });
}

export function useRevertRecord(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ record, revision, to }: { record: string; revision: number; to: number }) =>
      asShown(
        id,
        record,
        revision,
        (etag) =>
          call(
            api.POST("/api/entities/{entity_id}/records/{record_id}/revert", {
              params: { ...one(id, record), header: ifMatch(etag) },
              body: { revision: to },
            }),
          ),
        // Its request has no form of its own.
        {},
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["tables", id, "records"] }),
  });
}

function useRecordsMutation<Told, Answer>(mutationFn: (told: Told) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    // Records of other tables may point to those of this one.
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tables"] }),
  });
}

export const useCreateRecord = (id: string) =>
  useRecordsMutation(({ data, key }: { data: Data; key: string }) =>
    call(
      api.POST("/api/entities/{entity_id}/records", {
        params: { ...entity(id), query: FORM, header: { "Idempotency-Key": key } },
        body: { data },
        bodySerializer: exactJson,
      }),
    ),
  );

export function useDeleteRecord(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ record, revision }: Pick<RecordChange, "record" | "revision">) =>
      asShown(
        id,
        record,
        revision,
        (etag) =>
          call(
            api.DELETE("/api/entities/{entity_id}/records/{record_id}", {
              params: { ...one(id, record), header: ifMatch(etag) },
            }),
          ),
        // Its request has no form of its own.
        {},
      ),
    // Everything but the record itself, which is not there to be read again.
    onSuccess: (_, { record }) =>
      queries.invalidateQueries({ queryKey: ["tables"], predicate: ({ queryKey }) => !queryKey.includes(record) }),
    onError: (error) => error instanceof Conflict && remember(queries, id, [error.current]),
  });
}

export const useRestoreRecord = (id: string) =>
  useRecordsMutation((record: string) =>
    call(api.POST("/api/entities/{entity_id}/trash/{record_id}/restore", { params: one(id, record) })),
  );

export const useRecordsTrash = (id: string) =>
  useInfiniteQuery({
    queryKey: ["tables", id, "records", "trash"],
    queryFn: ({ pageParam: page, signal }) =>
      call(api.GET("/api/entities/{entity_id}/trash", { params: { ...entity(id), query: { page } }, signal })),
    ...numbered,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });

/** To which table a relation points, and by which field of it people choose. */
export interface Target {
  /** The field of the relation. */
  field: string;
  entity: string;
  displayField: string;
}

const MOST_LOOKED_UP = 100;

const lookupQuery = (target: Target, search: string) => ({
  queryKey: ["tables", target.entity, "lookup", target.field, search],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    call(
      api.GET("/api/metadata/entities/{entity_id}/lookup", {
        params: {
          ...entity(target.entity),
          query: { relation: target.field, limit: MOST_LOOKED_UP, ...(search && { search }) },
        },
        signal,
      }),
    ),
});

/** Records of the target to choose from, by what was typed. */
export const useLookup = (target: Target, search: string) =>
  useQuery({ ...lookupQuery(target, search.trim()), placeholderData: keepPreviousData });

/** Finds the first record of the target for what was typed, where the list of it is not there yet. */
export function useFirstOfLookup(target: Target) {
  const queries = useQueryClient();
  return async (search: string) =>
    (await queries.fetchQuery({ ...lookupQuery(target, search.trim()), retry: false })).at(0);
}

/** Finds the one record of the target that is called exactly so; null where there is none, or more than one. */
export function useFindRelated() {
  const queries = useQueryClient();
  return async (target: Target, name: string): Promise<string | null> => {
    const found = await queries.fetchQuery(lookupQuery(target, name.trim()));
    const [same, ...others] = found.filter(({ display_value }) => display_value === name.trim());
    return same && others.length === 0 ? same.id : null;
  };
}

const nameQuery = (target: Target, record: string) => ({
  queryKey: ["tables", target.entity, "records", record, "name", target.displayField],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const path = one(target.entity, record);
    const found = await call(
      api.GET("/api/entities/{entity_id}/records/{record_id}", {
        params: { ...path, query: { numbers: "string" } },
        signal,
      }),
    );
    const name = found.data[target.displayField];
    return { id: record, name: name === null || name === undefined ? null : String(name) };
  },
  retry: false,
});

/** The names of records that relations point to: the first of each table at once, others one by one. */
export function useRelatedNames(targets: readonly Target[], pointed: ReadonlyMap<string, readonly string[]>) {
  const firsts = useQueries({
    queries: targets.map((target) => lookupQuery(target, "")),
    combine: dataOfEach<Choice[]>,
  });
  const first = useMemo(() => new Map(firsts.flatMap((data) => (data ?? []).map(nameIn))), [firsts]);
  const missing = targets.flatMap((target, at) =>
    firsts[at] ? (pointed.get(target.field) ?? []).filter((id) => !first.has(id)).map((id) => ({ target, id })) : [],
  );
  const others = useQueries({
    queries: missing.map(({ target, id }) => nameQuery(target, id)),
    combine: dataOfEach<{ id: string; name: string | null }>,
  });
  return useMemo(() => {
    const names = new Map(first);
    for (const data of others) if (typeof data?.name === "string") names.set(data.id, data.name);
    return names;
  }, [first, others]);
}

const nameIn = ({ id, display_value }: Choice): [string, string] => [id, display_value];
