import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import { Problem } from "./problem";
import type { components } from "./schema";

type Schemas = components["schemas"];
/** Records of a table as something that may explain followers. */
export type Covariate = Schemas["CovariateView"];
export type CovariateRequest = Schemas["CovariateRequest"];
export type Aggregate = Schemas["AggregateWord"];
export type CovariateOutcome = Schemas["CovariateOutcomeView"];
/** What an event of the past brought. */
export type PastEvent = Schemas["EventView"];

/** Which tables trainings look at that name none. */
export const useCovariates = (isWanted = true) =>
  useQuery({
    queryKey: ["covariates"],
    queryFn: async ({ signal }) => (await call(api.GET("/regression/covariates", { signal }))).covariates,
    enabled: isWanted,
  });

/** Puts a list in the place of the one before. */
export function useSetCovariates() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (covariates: CovariateRequest[]) => call(api.PUT("/regression/covariates", { body: { covariates } })),
    onSuccess: ({ covariates }) => queries.setQueryData(["covariates"], covariates),
  });
}

/** What past events brought, as the version that serves measured it; none without a version. */
export const usePastEvents = (handle: string, isTrained: boolean) =>
  useQuery({
    queryKey: ["accounts", handle, "events"],
    queryFn: async ({ signal }) => {
      try {
        const params = { path: { username: handle } };
        return (await call(api.GET("/regression/events/{username}", { params, signal }))).events;
      } catch (error) {
        if (error instanceof Problem && error.code === "MODEL_NOT_TRAINED") return [];
        throw error;
      }
    },
    enabled: isTrained,
  });
