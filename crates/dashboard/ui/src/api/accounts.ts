import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, call } from "./client";

/** The first accounts whose names hold what somebody typed. */
export const useFoundAccounts = (query: string) =>
  useQuery({
    queryKey: ["accounts", "found", query],
    queryFn: ({ signal }) => call(api.GET("/accounts/overview", { params: { query: { q: query, limit: 8 } }, signal })),
    select: (answer) => answer.accounts,
    enabled: query.trim() !== "",
    placeholderData: keepPreviousData,
  });
