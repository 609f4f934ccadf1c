import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { addDays, type Day } from "../format/dates";
import { useLanguage } from "../i18n/text";
import { api, call } from "./client";
import { Problem } from "./problem";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
export type Metrics = Schemas["MetricsResponse"];
export type ModelResult = Schemas["ModelResult"];
export type ModelInfo = Schemas["ModelInfoResponse"];
export type ModelWord = Schemas["ModelWord"];
export type TrainableModel = Schemas["TrainableModel"];
export type GridChoice = Schemas["GridChoiceWord"];
export type Version = Schemas["VersionView"];
export type StepCoverage = Schemas["StepCoverageView"];
export type AccountOverview =
  paths["/accounts/overview"]["get"]["responses"]["200"]["content"]["application/json"]["accounts"][number];
export type Compared = Schemas["ComparisonResponse"];
export type Accuracy = Schemas["AccuracyResponse"];

/** The account exists and has no model yet. */
export const isUntrained = (error: unknown): boolean => error instanceof Problem && error.code === "MODEL_NOT_TRAINED";

const about = (username: string, version: number | null) => ({
  path: { username },
  query: version === null ? {} : { version },
});

/** The errors of every model that was compared; without a version those of the one that serves. */
export const metricsQuery = (handle: string, version: number | null) => ({
  queryKey: ["accounts", handle, "metrics", version],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    call(api.GET("/regression/metrics/{username}", { params: about(handle, version), signal })),
});

export const useMetrics = (handle: string, version: number | null = null) => useQuery(metricsQuery(handle, version));

/** What serves, or a version of it. Its warnings come in the reader's language. */
export function useModelInfo(handle: string, version: number | null = null) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["accounts", handle, "model-info", version, language],
    queryFn: ({ signal }) =>
      call(api.GET("/regression/model-info/{username}", { params: about(handle, version), signal })),
    placeholderData: (shown) => (shown?.account_name === handle ? shown : undefined),
  });
}

/** What the metrics do not have of a comparison: the models that could not be fitted, and what tables explain. */
export const useComparison = (handle: string) =>
  useQuery({
    queryKey: ["accounts", handle, "comparison"],
    queryFn: ({ signal }) =>
      call(api.GET("/regression/compare-models/{username}", { params: about(handle, null), signal })),
  });

/** How the forecasts of dates that have come since turned out. Its note comes in the reader's language. */
export function useAccuracy(handle: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["accounts", handle, "accuracy", language],
    queryFn: ({ signal }) => call(api.GET("/regression/accuracy/{username}", { params: about(handle, null), signal })),
  });
}

export const useFeatures = (handle: string) =>
  useQuery({
    queryKey: ["accounts", handle, "features"],
    queryFn: ({ signal }) => call(api.GET("/regression/features/{username}", { params: about(handle, null), signal })),
  });

export const useVersions = (handle: string) =>
  useInfiniteQuery({
    queryKey: ["accounts", handle, "versions"],
    queryFn: ({ pageParam: cursor, signal }) =>
      call(
        api.GET("/regression/model-info/{username}/versions", {
          params: { path: { username: handle }, query: { limit: 50, ...(cursor && { cursor }) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

/** A past date: what the model said of it without having seen it, and what came. */
export interface PastForecast {
  fecha: Day;
  prediction: number;
  lower: number;
  upper: number;
  actual: number;
  baseline: number;
}

/** The dates until `until` that the backtest had forecast and that were observed. */
export const useBacktest = (handle: string, until: Day | null, days: number) =>
  useQuery({
    queryKey: ["accounts", handle, "backtest", until, days],
    queryFn: async ({ signal }) => {
      const last = until ?? "";
      const items = Array.from({ length: days }, (_, at) => ({
        username: handle,
        fecha: addDays(last, at + 1 - days),
      }));
      const { results } = await call(api.POST("/regression/predict-batch", { body: { items }, signal }));
      return results.flatMap((item) => (item.result === "forecast" ? pastForecast(item) : []));
    },
    enabled: until !== null,
    placeholderData: keepPreviousData,
  });

/** A fitted value is none: the model had seen the date. */
function pastForecast(answer: Extract<Schemas["BatchItemView"], { result: "forecast" }>): PastForecast[] {
  const interval = answer.intervals.find(({ level }) => level === 80);
  if (!interval || typeof answer.actual !== "number" || answer.warnings.includes("IN_SAMPLE")) return [];
  const { fecha, prediction, actual, baseline } = answer;
  return [{ fecha, prediction, actual, lower: interval.lower, upper: interval.upper, baseline: baseline.prediction }];
}

/** The accounts whose names hold what somebody typed, with the state of their models, page by page. */
export const useModelAccounts = (q: string) =>
  useInfiniteQuery({
    queryKey: ["accounts", "overview", "models", q],
    queryFn: ({ pageParam: cursor, signal }) =>
      call(
        api.GET("/accounts/overview", {
          params: { query: { sort: "name", limit: 50, ...(q && { q }), ...(cursor && { cursor }) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export function useActivateVersion(handle: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      call(
        api.POST("/regression/model-info/{username}/versions/{version}/activate", {
          params: { path: { username: handle, version } },
        }),
      ),
    onSuccess: () => invalidate(queries, handle),
  });
}

export function useDeleteModel(handle: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE("/regression/model/{username}", { params: { path: { username: handle } } })),
    onSuccess: () => invalidate(queries, handle),
  });
}

function invalidate(queries: ReturnType<typeof useQueryClient>, handle: string) {
  for (const queryKey of [
    ["accounts", handle],
    ["accounts", "overview"],
  ]) {
    void queries.invalidateQueries({ queryKey });
  }
}
