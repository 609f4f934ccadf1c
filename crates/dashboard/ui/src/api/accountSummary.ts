import { useQuery } from "@tanstack/react-query";
import { useLanguage } from "../i18n/text";
import { api, call } from "./client";
import type { paths } from "./schema";

type Overview = paths["/accounts/overview"]["get"]["responses"]["200"]["content"]["application/json"];
export type AccountSummary = Overview["accounts"][number];

const PAGE = 100;

/** What the overview says of one account; null where the reader may not see it, or there is none of that name. */
export function useAccountSummary(handle: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["accounts", handle, "summary", language],
    queryFn: async ({ signal }): Promise<AccountSummary | null> => {
      // Other names may hold this one, so that it need not be on the first page of what is found.
      for (let cursor: string | null = ""; cursor !== null;) {
        const query = { q: handle, limit: PAGE, ...(cursor && { cursor }) };
        const answer: Overview = await call(api.GET("/accounts/overview", { params: { query }, signal }));
        const found = answer.accounts.find((account) => account.cuenta === handle);
        if (found) return found;
        cursor = answer.next_cursor ?? null;
      }
      return null;
    },
  });
}
