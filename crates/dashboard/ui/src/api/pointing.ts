import { useQuery } from "@tanstack/react-query";
import { api, call } from "./client";
import { entity, listKey } from "./records";
import { FORM, recordsSearch } from "./recordsSearch";

/** So many of them are named; how many there are is told. */
const MOST_NAMED = 5;

/** The newest records of a table that point to a record by one of its fields. */
export function usePointing(source: string, field: string, record: string) {
  const ask = { sort: "", q: "", conditions: [{ field, op: "eq", value: record } as const] };
  const search = recordsSearch(ask, { page: "1", page_size: String(MOST_NAMED), ...FORM });
  return useQuery({
    queryKey: [...listKey(source), search],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/entities/{entity_id}/records", {
          params: entity(source),
          querySerializer: () => search,
          signal,
        }),
      ),
  });
}
