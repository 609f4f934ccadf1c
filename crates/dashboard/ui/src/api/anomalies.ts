import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, call } from "./client";
import { ANOMALY_LEVEL } from "./limits";
import type { components } from "./schema";

export type Anomalies = components["schemas"]["AnomaliesResponse"];

/** Days that turned out as no forecast expected: of at most 400 days until `to`. */
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
