import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { dayIn, type Day } from "../format/dates";
import { useLanguage } from "../i18n/text";
import { api, call } from "./client";
import type { paths } from "./schema";

type Operation = paths["/accounts/overview"]["get"];
type Parameters = NonNullable<Operation["parameters"]["query"]>;

export type Overview = Operation["responses"]["200"]["content"]["application/json"];
export type OverviewRow = Overview["accounts"][number];
export type Attention = OverviewRow["attention"][number];
export type Sort = NonNullable<Parameters["sort"]>;

/**
 * The day of an account's newest reading, `until`, as the account's own clocks cut it: the last day of its sparkline. The
 * zone of the company counts while the summary is still to be made, which tells no days.
 */
export const lastDataDay = ({ sparkline }: OverviewRow, until: string, company: string): Day =>
  sparkline.at(-1)?.fecha ?? dayIn(new Date(until), company);

/** The state of the accounts that the reader may see. Its texts come in the reader's language. */
export function useOverview(query: Parameters) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["accounts", "overview", language, query],
    queryFn: ({ signal }) => call(api.GET("/accounts/overview", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** The days of some accounts since a day, each read by itself, in the order of the handles. */
export const useDaysOf = (handles: readonly string[], from: Day) =>
  useQueries({
    queries: handles.map((username) => ({
      queryKey: ["accounts", username, "daily", from, null],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call(api.GET("/accounts/{username}/daily", { params: { path: { username }, query: { from } }, signal })),
    })),
  });
