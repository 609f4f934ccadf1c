import { useQuery } from "@tanstack/react-query";
import { api, call } from "./client";
import type { components } from "./schema";

export type Daily = components["schemas"]["DailyResponse"];

/** An account by the days of its own zone: what was observed last on each. */
export const useDaily = (handle: string) =>
  useQuery({
    queryKey: ["accounts", handle, "daily"],
    queryFn: ({ signal }) =>
      call(api.GET("/accounts/{username}/daily", { params: { path: { username: handle } }, signal })),
  });
