import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import { exactJson } from "./exactJson";
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
function useTablesMutation<Told, Answer>(mutationFn: (told: Told) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => queries.invalidateQueries({ queryKey: ["tables"] }) });
}

export const useDefineTable = () =>
  useTablesMutation(({ body, key }: { body: TableRequest; key: string }) =>
    call(api.POST("/api/metadata/entities", { params: { header: { "Idempotency-Key": key } }, body })),
  );

export const useChangeTable = (id: string) =>
  useTablesMutation((body: TablePatch) =>
    call(api.PUT("/api/metadata/entities/{entity_id}", { params: entity(id), body })),
  );

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
