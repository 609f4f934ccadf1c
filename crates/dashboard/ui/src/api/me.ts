import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import type { components } from "./schema";

export type Me = components["schemas"]["MeResponse"];
export type Session = components["schemas"]["SessionView"];

export const meQuery = {
  queryKey: ["me"],
  queryFn: ({ signal }: { signal: AbortSignal }) => call(api.GET("/auth/me", { signal })),
};

export const useMe = () => useQuery(meQuery);

export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["ChangePasswordRequest"]) =>
      call(api.POST("/auth/change-password", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["me"] }),
  });
}

export const useMySessions = () =>
  useQuery({
    queryKey: ["me", "sessions"],
    queryFn: ({ signal }) => call(api.GET("/auth/sessions", { signal })),
    select: (answer) => answer.sessions,
  });

export function useEndMySession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/auth/sessions/{id}", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["me", "sessions"] }),
  });
}

/** Ends every session but the one that asks. */
export function useEndMyOtherSessions() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE("/auth/sessions")),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["me", "sessions"] }),
  });
}
