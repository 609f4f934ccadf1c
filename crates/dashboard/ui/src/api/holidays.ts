import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLanguage } from "../i18n/text";
import { api, call } from "./client";

const DAY_MS = 86_400_000;

/** The most days that the calendar answers at once. */
const MOST_DAYS = 4_000;

/** Public holidays of a span, or of its last 4,000 days where it is longer. Names are in the page's language. */
export function useHolidays(from: string | undefined, to: string | undefined) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["calendar", "holidays", from, to, language],
    queryFn: ({ signal }) => {
      const earliest = new Date(Date.parse(to ?? "") - (MOST_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
      const query = { from: from && from > earliest ? from : earliest, ...(to && { to }) };
      return call(api.GET("/calendar/holidays", { params: { query }, signal }));
    },
    enabled: from !== undefined && to !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}
