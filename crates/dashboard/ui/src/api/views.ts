import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import { exactJson, readExactJson } from "./exactJson";
import { entity, listKey } from "./records";
import type { components } from "./schema";

type Schemas = components["schemas"];
/** What somebody keeps of a table to ask for it again. Its fields are named by ids; numbers of its filter are `Digits`. */
export type View = Schemas["SavedView"];
export type ViewFilter = Schemas["FilterView"];
export type ViewRequest = Schemas["ViewRequest"];

const viewsKey = (id: string) => ["tables", id, "views"] as const;
const one = (id: string, view: string) => ({ path: { entity_id: id, view_id: view } });

/** One's own views of a table and those that are shared, by name. */
export const useViews = (id: string) =>
  useQuery({
    queryKey: viewsKey(id),
    queryFn: async ({ signal }) => {
      const params = { ...entity(id), query: { keys: "id" } } as const;
      const text = await call(api.GET("/api/entities/{entity_id}/views", { params, parseAs: "text", signal }));
      return readExactJson(text) as View[];
    },
  });

/** Makes a view, or changes the one that is named. */
export function useSaveView(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ view, body }: { view: string | null; body: ViewRequest }) => {
      const sent = { body, bodySerializer: exactJson, parseAs: "text" } as const;
      const text = await call(
        view === null
          ? api.POST("/api/entities/{entity_id}/views", { params: entity(id), ...sent })
          : api.PUT("/api/entities/{entity_id}/views/{view_id}", { params: one(id, view), ...sent }),
      );
      return readExactJson(text) as View;
    },
    onSuccess: (saved) => {
      queries.setQueryData<View[]>(viewsKey(id), (all) => [
        ...(all ?? []).filter((view) => view.id !== saved.id),
        saved,
      ]);
      void queries.invalidateQueries({ queryKey: viewsKey(id) });
      // What is asked by the view is something else now.
      void queries.invalidateQueries({ queryKey: listKey(id) });
    },
  });
}

export function useDeleteView(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (view: string) =>
      call(api.DELETE("/api/entities/{entity_id}/views/{view_id}", { params: one(id, view) })),
    // Not waited for: what asked for it goes with the view, and has something to do before.
    onSuccess: () => void queries.invalidateQueries({ queryKey: viewsKey(id) }),
  });
}
