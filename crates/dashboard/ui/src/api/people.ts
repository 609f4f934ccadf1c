import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callTagged } from "./client";
import { changeAsShown, ifMatch } from "./overtaken";
import { after, paging } from "./pages";
import type { components } from "./schema";

export type Person = components["schemas"]["UserView"];
export type PersonPatch = components["schemas"]["UserPatch"];
export type GrantableRole = components["schemas"]["GrantableRole"];
export type Registration = components["schemas"]["RegisterRequest"];

const PAGE_SIZE = 200;

/** Who has access to the company, the oldest first. */
export const usePeople = () =>
  useInfiniteQuery({
    queryKey: ["people", "list"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/auth/users", { params: { query: { limit: PAGE_SIZE, ...after(pageParam) } }, signal })),
    ...paging,
  });

const read = (id: number) => callTagged(api.GET("/auth/users/{id}", { params: { path: { id } } }));

export const usePerson = (id: number) =>
  useQuery({
    queryKey: ["people", id],
    queryFn: ({ signal }) => call(api.GET("/auth/users/{id}", { params: { path: { id } }, signal })),
  });

const isSame = (one: Person, other: Person) =>
  one.rol === other.rol && one.activo === other.activo && one.email === other.email;

/** Changes exactly the person that was shown; refused with `Overtaken` where somebody was faster. */
export function useChangePerson(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ shown, patch }: { shown: Person; patch: PersonPatch }) =>
      changeAsShown({
        shown,
        read: () => read(id),
        write: (etag) =>
          call(api.PATCH("/auth/users/{id}", { params: { path: { id }, header: ifMatch(etag) }, body: patch })),
        isSame,
        log: { target: shown.username },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["people"] }),
  });
}

/** Deletes exactly the person that was shown; refused with `Overtaken` where somebody was faster. */
export function useDeletePerson(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (shown: Person) =>
      changeAsShown({
        shown,
        read: () => read(id),
        write: async (etag) => {
          await call(api.DELETE("/auth/users/{id}", { params: { path: { id }, header: ifMatch(etag) } }));
          return shown;
        },
        isSame,
        log: { target: shown.username },
      }),
    onSuccess: () => {
      // There is no such person to be read again.
      queries.removeQueries({ queryKey: ["people", id] });
      void queries.invalidateQueries({ queryKey: ["people"] });
    },
    onError: () => queries.invalidateQueries({ queryKey: ["people"] }),
  });
}

/** Who can be restored, the one who was deleted last first. */
export const useDeletedPeople = () =>
  useQuery({
    queryKey: ["people", "deleted"],
    queryFn: ({ signal }) => call(api.GET("/auth/users/trash", { signal })),
    select: (answer) => answer.users,
  });

export function useRestorePerson() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call(api.POST("/auth/users/{id}/restore", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["people"] }),
  });
}

export function useAssignAccounts(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (cuentas: string[]) =>
      call(api.PUT("/auth/users/{id}/accounts", { params: { path: { id } }, body: { cuentas } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["people"] }),
  });
}

export function useRegister() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Registration) => call(api.POST("/auth/register", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["people"] }),
  });
}

/** A password that the server makes and tells once. */
export function useTemporaryPassword(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.POST("/auth/users/{id}/temporary-password", { params: { path: { id } } })),
    // The answer is a secret: it is shown, and not kept.
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["people"] }),
  });
}

export const usePersonSessions = (id: number) =>
  useQuery({
    queryKey: ["people", id, "sessions"],
    queryFn: ({ signal }) => call(api.GET("/auth/users/{id}/sessions", { params: { path: { id } }, signal })),
    select: (answer) => answer.sessions,
  });

export function useEndPersonSession(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (session: string) =>
      call(api.DELETE("/auth/users/{id}/sessions/{session}", { params: { path: { id, session } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["people", id, "sessions"] }),
  });
}

export function useEndPersonSessions(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE("/auth/users/{id}/sessions", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["people", id, "sessions"] }),
  });
}

/** Accounts whose names hold what was typed, to assign them. */
export const useAssignableAccounts = (query: string) =>
  useQuery({
    queryKey: ["accounts", "assignable", query.trim()],
    queryFn: ({ signal }) => {
      const q = query.trim();
      return call(api.GET("/accounts/overview", { params: { query: { limit: 8, ...(q && { q }) } }, signal }));
    },
    select: (answer) => answer.accounts.map(({ cuenta, nombre }) => ({ cuenta, nombre })),
    placeholderData: keepPreviousData,
  });
