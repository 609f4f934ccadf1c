import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { daysBetween } from "../format/dates";
import { useLanguage } from "../i18n/text";
import { api, call } from "./client";
import { LONGEST_HORIZON } from "./limits";
import { Problem } from "./problem";
import type { components } from "./schema";

export type Path = components["schemas"]["PathResponse"];
export type PathRow = components["schemas"]["PathRow"];
export type Explained = components["schemas"]["FeaturesResponse"];
export type WarningText = components["schemas"]["WarningText"];

/** Whether a forecast was refused because no model has been trained yet. */
export const isUntrained = (error: unknown): boolean => error instanceof Problem && error.code === "MODEL_NOT_TRAINED";

/** The whole path, once: a horizon is a part of it, so that moving it asks for nothing. */
export function usePath(handle: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["accounts", handle, "forecast", "path", language],
    queryFn: ({ signal }) => longestPath(handle, signal),
    placeholderData: keepPreviousData,
  });
}

/** As far as the page looks ahead or, where the model reaches less far, as one of hours does, as far as that reaches. */
export async function longestPath(handle: string, signal: AbortSignal): Promise<Path> {
  const params = { path: { username: handle } };
  const path = (h: number) => call(api.POST("/regression/forecast/{username}", { params, body: { h }, signal }));
  try {
    return await path(LONGEST_HORIZON);
  } catch (error) {
    if (!(error instanceof Problem) || !error.fields.some(({ field, code }) => field === "h" && code === "too_large")) {
      throw error;
    }
    const model = call(api.GET("/regression/model-info/{username}", { params, signal }));
    const [next, { forecasts_until }] = await Promise.all([path(1), model]);
    const first = next.forecast[0]?.fecha;
    if (first === undefined) throw error;
    return path(daysBetween(first, forecasts_until) + 1);
  }
}

/** The forecast of a date in parts that add up. */
export function useExplanation(handle: string, date: string | undefined) {
  return useQuery({
    queryKey: ["accounts", handle, "forecast", "explanation", date],
    queryFn: ({ signal }) =>
      call(
        api.GET("/regression/features/{username}", {
          params: { path: { username: handle }, query: date ? { fecha: date } : {} },
          signal,
        }),
      ),
    enabled: date !== undefined,
    placeholderData: keepPreviousData,
  });
}

/** The forecast of a date for so many posts a day. */
export function useAssuming(handle: string, date: string | undefined, posts: number | null) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["accounts", handle, "forecast", "assuming", date, posts, language],
    queryFn: ({ signal }) =>
      call(
        api.POST("/regression/predict/{username}", {
          params: { path: { username: handle } },
          body: { fecha: date ?? "", datos: { tweets: posts } },
          signal,
        }),
      ),
    enabled: date !== undefined && posts !== null,
    placeholderData: keepPreviousData,
  });
}
