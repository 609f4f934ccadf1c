import { useMutation, useQuery } from "@tanstack/react-query";
import { api, call } from "./client";
import type { components } from "./schema";

export type Me = components["schemas"]["MeResponse"];

export const meQuery = {
  queryKey: ["me"],
  queryFn: ({ signal }: { signal: AbortSignal }) => call(api.GET("/auth/me", { signal })),
};

export const useMe = () => useQuery(meQuery);

export const useChangePassword = () =>
  useMutation({
    mutationFn: (body: components["schemas"]["ChangePasswordRequest"]) =>
      call(api.POST("/auth/change-password", { body })),
  });
