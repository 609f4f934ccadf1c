import { keepPreviousData, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import { ifMatch } from "./overtaken";
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

/** An account in a path. With its @ it is nothing else, also where it is called as the list of deleted ones. */
const named = (handle: string) => ({ path: { username: `@${handle}` } });

/** What is registered of an account, to be changed: always read anew. */
export const useAccount = (username: string) =>
  useQuery({
    queryKey: ["accounts", username, "registered"],
    queryFn: async ({ signal }): Promise<ReadAccount> => {
      const answer = await api.GET("/accounts/{username}", { params: named(username), signal });
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
          params: { ...named(username), header: ifMatch(etag) },
          body,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
}

/** Deletes the account in the very state that was read. */
export function useDeleteAccount(username: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (etag: string | null) =>
      call(api.DELETE("/accounts/{username}", { params: { ...named(username), header: ifMatch(etag) } })),
    onSuccess: () => {
      // There is no such account to be read again.
      client.removeQueries({ queryKey: ["accounts", username] });
      return readAccountsAgain(client);
    },
  });
}

/** Those that can be restored, the one that was deleted last first. */
export const useDeletedAccounts = () =>
  useQuery({
    queryKey: ["accounts", "deleted"],
    queryFn: ({ signal }) => call(api.GET("/accounts/trash", { signal })),
    select: (answer) => answer.accounts,
  });

export function useRestoreAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (username: string) => call(api.POST("/accounts/{username}/restore", { params: named(username) })),
    onSettled: () => readAccountsAgain(client),
  });
}

/** People show which accounts are assigned to them. */
function readAccountsAgain(client: QueryClient) {
  void client.invalidateQueries({ queryKey: ["people"] });
  void client.invalidateQueries({ queryKey: ["accounts"] });
}
