import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import type { components } from "./schema";

export type AccountRequest = components["schemas"]["AccountRequest"];
export type AccountPatch = components["schemas"]["AccountPatch"];
export type AccountView = components["schemas"]["AccountView"];

/** The first accounts whose names hold what somebody typed. */
export const foundAccountsQuery = (query: string) => ({
  queryKey: ["accounts", "found", query],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const params = { query: { q: query, limit: 8 } };
    return (await call(api.GET("/accounts/overview", { params, signal }))).accounts;
  },
});

export const useFoundAccounts = (query: string) =>
  useQuery({ ...foundAccountsQuery(query), enabled: query !== "", placeholderData: keepPreviousData });

/** An account as it is registered. `etag` names this very state of it. */
export interface ReadAccount {
  account: AccountView;
  etag: string | null;
}

/** What is registered of an account, to be changed: always read anew. */
export const useAccount = (username: string) =>
  useQuery({
    queryKey: ["accounts", username, "registered"],
    queryFn: async ({ signal }): Promise<ReadAccount> => {
      const answer = await api.GET("/accounts/{username}", { params: { path: { username } }, signal });
      const account = await call(Promise.resolve(answer));
      return { account, etag: answer.response.headers.get("etag") };
    },
    staleTime: 0,
  });

export function useCreateAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: AccountRequest; key: string }) =>
      call(api.POST("/accounts", { params: { header: { "Idempotency-Key": key } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
}

/** Changes what was read; a change in between is refused, and not written over. */
export function useChangeAccount(username: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, etag }: { body: AccountPatch; etag: string | null }) =>
      call(
        api.PATCH("/accounts/{username}", {
          params: { path: { username }, ...(etag !== null && { header: { "If-Match": etag } }) },
          body,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
}
