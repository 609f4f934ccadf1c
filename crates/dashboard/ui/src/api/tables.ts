import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import { exactJson } from "./exactJson";
import { isActive, readJob, type Job } from "./jobs";
import type { components } from "./schema";

export type Table = components["schemas"]["TableView"];
export type TableRequest = components["schemas"]["EntityRequest"];
export type TablePatch = components["schemas"]["EntityPatch"];
export type TrashedTable = components["schemas"]["TrashedEntity"];
export type TableField = components["schemas"]["FieldView"];
export type FieldType = components["schemas"]["FieldTypeWord"];
export type FieldRequest = components["schemas"]["FieldRequest"];
export type FieldPatch = components["schemas"]["FieldPatch"];
export type TrashedField = components["schemas"]["TrashedField"];
export type OnDelete = components["schemas"]["OnDeleteWord"];
export type Access = components["schemas"]["AccessView"];
export type RetypeRequest = components["schemas"]["RetypeRequest"];
export type RetypeTrial = components["schemas"]["RetypeTrialView"];

const entity = (id: string) => ({ path: { entity_id: id } });
const entityField = (id: string, field: string) => ({ path: { entity_id: id, field_id: field } });

/** The company's tables with their fields, the newest first. */
export const useTables = (isWanted = true) =>
  useQuery({
    queryKey: ["tables", "list"],
    queryFn: ({ signal }) => call(api.GET("/api/entities", { signal })),
    enabled: isWanted,
  });

export const useTable = (id: string) =>
  useQuery({
    queryKey: ["tables", id, "definition"],
    queryFn: ({ signal }) => call(api.GET("/api/entities/{entity_id}", { params: entity(id), signal })),
  });

/** To which tables the relations of a table point, and which point to it; only who defines tables is told. */
export const useRelationships = (id: string, isAllowed: boolean) =>
  useQuery({
    queryKey: ["tables", id, "relationships"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/metadata/entities/{entity_id}/relationships", { params: entity(id), signal })),
    enabled: isAllowed,
  });

/** A change of definitions: what was read of any table may say something else now. */
function useTablesMutation<Told, Answer>(mutationFn: (told: Told) => Promise<Answer>, inTurn?: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    ...(inTurn && { scope: { id: inTurn } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["tables"] }),
  });
}

export const useDefineTable = () =>
  useTablesMutation(({ body, key }: { body: TableRequest; key: string }) =>
    call(api.POST("/api/metadata/entities", { params: { header: { "Idempotency-Key": key } }, body })),
  );

export const useChangeTable = (id: string) =>
  useTablesMutation((body: TablePatch) =>
    call(api.PUT("/api/metadata/entities/{entity_id}", { params: entity(id), body })),
  );

/** Changes asked for one after another reach the server in that order. */
export const useChangeAccess = (id: string) =>
  useTablesMutation(
    (access: Partial<Access>) =>
      call(api.PUT("/api/metadata/entities/{entity_id}", { params: entity(id), body: { access } })),
    `tables/${id}/access`,
  );

type UniqueSets = Table["unique_together"];

/** Changes the sets as they are by then: another administrator may have added one meanwhile. */
export const useChangeUniqueSets = (id: string) =>
  useTablesMutation(async (change: (now: UniqueSets) => UniqueSets) => {
    const now = await call(api.GET("/api/metadata/entities/{entity_id}", { params: entity(id) }));
    const body = { unique_together: change(now.unique_together) };
    return call(api.PUT("/api/metadata/entities/{entity_id}", { params: entity(id), body }));
  });

export function useDeleteTable() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/api/metadata/entities/{entity_id}", { params: entity(id) })),
    // Everything but the table itself, which is not there to be read again.
    onSuccess: (_, id) =>
      queries.invalidateQueries({ queryKey: ["tables"], predicate: ({ queryKey }) => !queryKey.includes(id) }),
  });
}

export const useTablesTrash = () =>
  useQuery({
    queryKey: ["tables", "trash"],
    queryFn: ({ signal }) => call(api.GET("/api/metadata/trash", { signal })),
  });

export const useRestoreTable = () =>
  useTablesMutation((id: string) => call(api.POST("/api/metadata/trash/{entity_id}/restore", { params: entity(id) })));

export const useAddField = (id: string) =>
  useTablesMutation(({ body, key }: { body: FieldRequest; key: string }) =>
    call(
      api.POST("/api/metadata/entities/{entity_id}/fields", {
        params: { ...entity(id), header: { "Idempotency-Key": key } },
        body,
        bodySerializer: exactJson,
      }),
    ),
  );

export interface FieldChange {
  field: string;
  patch: FieldPatch;
}

const patchField = (id: string, { field, patch }: FieldChange) =>
  call(
    api.PATCH("/api/metadata/entities/{entity_id}/fields/{field_id}", {
      params: entityField(id, field),
      body: patch,
      bodySerializer: exactJson,
    }),
  );

/** Changes fields one after another, and stops at the first that is refused. */
export const useChangeFields = (id: string) =>
  useTablesMutation(async (changes: readonly FieldChange[]) => {
    for (const change of changes) await patchField(id, change);
  });

export const useDeleteField = (id: string) =>
  useTablesMutation((field: string) =>
    call(api.DELETE("/api/metadata/entities/{entity_id}/fields/{field_id}", { params: entityField(id, field) })),
  );

export const useFieldsTrash = (id: string) =>
  useQuery({
    queryKey: ["tables", id, "fields-trash"],
    queryFn: ({ signal }) => call(api.GET("/api/metadata/entities/{entity_id}/trash", { params: entity(id), signal })),
  });

export const useRestoreField = (id: string) =>
  useTablesMutation((field: string) =>
    call(api.POST("/api/metadata/entities/{entity_id}/trash/{field_id}/restore", { params: entityField(id, field) })),
  );

const retype = (id: string, field: string, body: RetypeRequest, how: { key?: string; isTrial: boolean }) =>
  call(
    api.POST("/api/metadata/entities/{entity_id}/fields/{field_id}/retype", {
      params: {
        ...entityField(id, field),
        ...(how.isTrial && { query: { dry_run: true } }),
        ...(how.key && { header: { "Idempotency-Key": how.key } }),
      },
      body,
      bodySerializer: exactJson,
    }),
  );

/** What another type of a field would come to; nothing is changed. */
export const useTryRetype = (id: string, field: string) =>
  useMutation({
    mutationFn: async (body: RetypeRequest): Promise<RetypeTrial> => {
      const answer = await retype(id, field, body, { isTrial: true });
      if ("failing" in answer) return answer;
      throw new Error("a trial was asked for");
    },
  });

const retypingKey = (field: string) => ["jobs", "retyping", field] as const;

/** Gives a field another type. Of a large table the answer is a job, which `useRetyping` follows. */
export function useRetype(id: string, field: string) {
  const queries = useQueryClient();
  return useTablesMutation(async ({ body, key }: { body: RetypeRequest; key: string }): Promise<Job | null> => {
    const answer = await retype(id, field, body, { key, isTrial: false });
    if (!("state" in answer)) return null;
    queries.setQueryData(retypingKey(field), answer);
    return answer;
  });
}

const RETYPING_POLL_MS = 3_000;

/** The job that gives a field another type, where this page asked for one; `forget` it once it has ended. */
export function useRetyping(field: string) {
  const queries = useQueryClient();
  const queryKey = retypingKey(field);
  const { data } = useQuery<Job | null>({
    queryKey,
    queryFn: async ({ signal }) => {
      const known = queries.getQueryData<Job | null>(queryKey);
      if (!known || !isActive(known)) return known ?? null;
      const job = await readJob(known.id, signal);
      if (!isActive(job)) void queries.invalidateQueries({ queryKey: ["tables"] });
      return job;
    },
    initialData: null,
    // Read by turns only, and kept while other screens are open.
    staleTime: Infinity,
    gcTime: Infinity,
    refetchInterval: ({ state }) => (state.data && isActive(state.data) ? RETYPING_POLL_MS : false),
  });
  return { job: data, forget: () => queries.setQueryData(queryKey, null) };
}
