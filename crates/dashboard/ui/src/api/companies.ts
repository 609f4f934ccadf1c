import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, callTagged } from "./client";
import { changeAsShown, ifMatch } from "./overtaken";
import { after, paging } from "./pages";
import type { components } from "./schema";

export type Company = components["schemas"]["CompanyView"];
export type CompanyPatch = components["schemas"]["CompanyPatch"];

const PAGE_SIZE = 200;

export const useCompanies = (isEnabled = true) =>
  useInfiniteQuery({
    queryKey: ["companies", "list"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/companies", { params: { query: { limit: PAGE_SIZE, ...after(pageParam) } }, signal })),
    ...paging,
    enabled: isEnabled,
  });

export function useCreateCompany() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["CompanyRequest"]) => call(api.POST("/companies", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["companies"] }),
  });
}

const isSame = (one: Company, other: Company) =>
  one.empresa_nombre === other.empresa_nombre && one.zona_horaria === other.zona_horaria && one.activo === other.activo;

/** Changes exactly the company that was shown; refused with `Overtaken` where somebody was faster. */
export function useChangeCompany(id: number) {
  const queries = useQueryClient();
  const path = { id };
  return useMutation({
    mutationFn: ({ shown, patch }: { shown: Company; patch: CompanyPatch }) =>
      changeAsShown({
        shown,
        read: () => callTagged(api.GET("/companies/{id}", { params: { path } })),
        write: (etag) => call(api.PATCH("/companies/{id}", { params: { path, header: ifMatch(etag) }, body: patch })),
        isSame,
        log: { empresa_id: id },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["companies"] }),
  });
}
