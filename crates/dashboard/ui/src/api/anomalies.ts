import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, call } from "./client";
import type { components } from "./schema";

export type Anomalies = components["schemas"]["AnomaliesResponse"];

/** The level of the intervals that dates are held against, in percent. */
export const ANOMALY_LEVEL = 95;

/** Days that turned out as no forecast expected: of the last 400 days until `to`, which is the most that is answered. */
export const useAnomalies = (handle: string, from: string | undefined, to: string | undefined) =>
  useQuery({
    queryKey: ["accounts", handle, "anomalies", from, to],
    queryFn: ({ signal }) =>
      call(
        api.GET("/regression/anomalies/{username}", {
          params: {
            path: { username: handle },
            query: { level: ANOMALY_LEVEL, ...(from && { from }), ...(to && { to }) },
          },
          signal,
        }),
      ),
    enabled: from !== undefined && to !== undefined,
    placeholderData: keepPreviousData,
  });
