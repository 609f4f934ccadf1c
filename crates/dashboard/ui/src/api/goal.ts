import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLanguage } from "../i18n/text";
import { api, call } from "./client";
import type { components } from "./schema";

export type Goal = components["schemas"]["GoalResponse"];

/** When an account has so many followers, and the chance to have them by a date. */
export function useGoal(handle: string, followers: number | null, by: string | undefined) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["accounts", handle, "goal", followers, by, language],
    queryFn: ({ signal }) =>
      call(
        api.GET("/regression/goal/{username}", {
          params: { path: { username: handle }, query: { seguidores: followers ?? 0, ...(by && { fecha: by }) } },
          signal,
        }),
      ),
    enabled: followers !== null,
    placeholderData: keepPreviousData,
  });
}
