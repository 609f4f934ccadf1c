import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { useState } from "react";
import { dayIn, type Day } from "../format/dates";
import { useLanguage } from "../i18n/text";
import { api, call } from "./client";
import { countLines } from "./lines";
import type { components, paths } from "./schema";
import { postTold, type Sending } from "./told";

type Schemas = components["schemas"];
export type Trial = Schemas["TrialResponse"];
export type Stored = Schemas["UploadResponse"];
export type RowProblem = Schemas["RowProblem"];
export type DateOrder = Schemas["DateOrderWord"];
export type Reading = Schemas["ObservationView"];
export type NewReading = Schemas["UploadedObservation"];

/** How a table is to be read, where it leaves that open. */
export interface ReadingOptions {
  order: DateOrder | null;
  /** The sheet of a workbook; empty for the first one. */
  sheet: string;
}

/** A span of days on the account's clocks, both included; without a bound everything on that side. */
export interface Span {
  from?: Day;
  to?: Day;
}

const ROWS_OF_PAGE = 1_000;
/** Readings that one view loads at most; a longer period is shown day by day. */
const MOST_READINGS = 2 * ROWS_OF_PAGE;

/** Accounts with the age of their data, those first that wait longest for some. */
export const useAccountsByAge = (search: string) =>
  useInfiniteQuery({
    queryKey: ["accounts", "overview", "by-age", search],
    queryFn: ({ signal, pageParam }) =>
      call(
        api.GET("/accounts/overview", {
          params: {
            query: {
              sort: "data",
              order: "asc",
              limit: 50,
              ...(search && { q: search }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** The last followers of each day of a span, and until when there are data at all. */
export const useStoredDays = (handle: string, from: Day, to: Day, enabled = true) =>
  useQuery({
    queryKey: ["accounts", handle, "daily", from, to],
    queryFn: ({ signal }) =>
      call(
        api.GET("/accounts/{username}/daily", {
          params: { path: { username: handle }, query: { from, to } },
          signal,
        }),
      ),
    enabled,
    placeholderData: keepPreviousData,
  });

function upload<T>(handle: string, query: Record<string, string>, sending: Omit<Sending, "path">): Promise<T> {
  const asked = new URLSearchParams(query).toString();
  const path = `/accounts/${encodeURIComponent(handle)}/observations${asked && `?${asked}`}`;
  return postTold<T>({ ...sending, path, headers: { "Content-Type": sending.body.type, ...sending.headers } });
}

const written = ({ order, sheet }: ReadingOptions): Record<string, string> => ({
  ...(order && { formato: order }),
  ...(sheet && { hoja: sheet }),
});

/**
 * What storing a table would do, as if its bad lines were left out. Nothing is stored. `id` names the bytes: the answer
 * is kept while they are the same, and asked for again in another language, because it has texts.
 */
export function useTrial(handle: string, table: { id: string; body: Blob }, options: ReadingOptions) {
  const language = useLanguage();
  const [progress, setProgress] = useState<number | null>(null);
  const trial = useQuery({
    queryKey: ["trials", handle, table.id, options, language],
    queryFn: ({ signal }) => {
      const query = { ...written(options), dry_run: "true", skip_invalid: "true" };
      return upload<Trial>(handle, query, { body: table.body, signal, onProgress: setProgress });
    },
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });
  return { trial, progress };
}

export interface Storing {
  body: Blob;
  options: ReadingOptions;
  /** Whether lines with errors and columns that are not known are left out; else one of them stops everything. */
  leavesOut: boolean;
  /** The same for each repetition of one attempt, so that it is done once. */
  key: string;
}

/** Stores a table. Goes on when the screen is left, so that `onStored` may say that it ended. */
export function useStore(handle: string, onStored: (stored: Stored) => void) {
  const client = useQueryClient();
  const [progress, setProgress] = useState<number | null>(null);
  const store = useMutation({
    mutationFn: ({ body, options, leavesOut, key }: Storing) => {
      setProgress(null);
      const query = { ...written(options), ...(leavesOut && { skip_invalid: "true" }) };
      return upload<Stored>(handle, query, { body, headers: { "Idempotency-Key": key }, onProgress: setProgress });
    },
    onSuccess: (stored) => {
      void readAgain(client);
      onStored(stored);
    },
  });
  return { store, progress };
}

/** What was stored changes charts, lists and models' states; only what is on the screen is read at once. */
const readAgain = (client: QueryClient) => client.invalidateQueries({ queryKey: ["accounts"] });

/** The readings of a span in order of time, and whether there are more than are shown. */
export const useReadings = (handle: string, span: Required<Span>) =>
  useQuery({
    queryKey: ["accounts", handle, "observations", span],
    queryFn: async ({ signal }) => {
      const query = { ...span, limit: ROWS_OF_PAGE };
      let page = await pageOfReadings(handle, query, signal);
      const readings = [...page.observations];
      while (page.next_cursor !== null && readings.length < MOST_READINGS) {
        page = await pageOfReadings(handle, { ...query, cursor: page.next_cursor }, signal);
        readings.push(...page.observations);
      }
      return { readings, isCut: page.next_cursor !== null };
    },
    placeholderData: keepPreviousData,
  });

/** The first day with a reading and the last one, in a zone; null while there are none. */
export function useReach(handle: string, zone: string) {
  const today = dayIn(new Date(), zone);
  const last = useStoredDays(handle, today, today);
  const first = useQuery({
    queryKey: ["accounts", handle, "observations", "first"],
    queryFn: async ({ signal }) => (await pageOfReadings(handle, { limit: 1 }, signal)).observations[0] ?? null,
  });
  return { first, last };
}

type PageQuery = NonNullable<paths["/accounts/{username}/observations"]["get"]["parameters"]["query"]>;

async function pageOfReadings(handle: string, query: PageQuery, signal: AbortSignal) {
  const params = { path: { username: handle }, query };
  const page = await call(api.GET("/accounts/{username}/observations", { params, signal }));
  if (typeof page === "string") throw new Error("readings came as a table");
  return page;
}

/** Stores one reading by its time. `replaces` allows that there is one already; without it that one is told. */
export function useSaveReading(handle: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ reading, replaces }: { reading: NewReading; replaces: boolean }) => {
      const send = (dry_run: boolean) =>
        call(
          api.POST("/accounts/{username}/observations", {
            params: { path: { username: handle }, query: { dry_run } },
            body: { observations: [reading] },
          }),
        );
      if (!replaces) {
        const trial = await send(true);
        if ("would_update" in trial && trial.would_update > 0) return "is-there" as const;
      }
      await send(false);
      return "saved" as const;
    },
    onSuccess: (outcome) => (outcome === "saved" ? readAgain(client) : undefined),
  });
}

export function useDeleteReadings(handle: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (bounds: { from?: string; to?: string }) =>
      call(api.DELETE("/accounts/{username}/observations", { params: { path: { username: handle }, query: bounds } })),
    onSuccess: () => readAgain(client),
  });
}

const csvOf = (handle: string, query: Span, signal?: AbortSignal) => ({
  params: { path: { username: handle }, query },
  headers: { Accept: "text/csv" },
  ...(signal && { signal }),
});

export const useDownloadReadings = (handle: string) =>
  useMutation({
    mutationFn: (span: Span): Promise<Blob> =>
      call(api.GET("/accounts/{username}/observations", { ...csvOf(handle, span), parseAs: "blob" })),
  });

/** How many readings a span has. There is no shorter way than to count the lines of its table as it comes. */
export const useReadingsCount = (handle: string, span: Span | null) =>
  useQuery({
    queryKey: ["accounts", handle, "observations", "count", span],
    queryFn: async ({ signal }) => {
      const table = await call(
        api.GET("/accounts/{username}/observations", { ...csvOf(handle, span ?? {}, signal), parseAs: "stream" }),
      );
      return table ? countLines(table) : 0;
    },
    enabled: span !== null,
    gcTime: 0,
  });
