import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../i18n/text";
import { api, call } from "./client";
import { Unreachable } from "./problem";
import type { components } from "./schema";

export type Job = components["schemas"]["JobView"];
export type JobState = components["schemas"]["JobStateWord"];
type TrainRequest = components["schemas"]["TrainRequest"];

/** How a training is asked for; `key` lets the same click be sent again without training twice. */
export interface TrainingOptions extends Omit<TrainRequest, "username"> {
  key: string;
}

const PAGE = 20;
const POLL_MS = 5_000;

export const isActive = (job: Job): boolean => job.state === "queued" || job.state === "running";
export const isTraining = (job: Job): boolean => job.kind === "train" || job.kind === "train_all";

/** The share that is done, 0 to 1; null while the steps are not counted yet. */
export const shareDone = ({ progress }: Job): number | null =>
  progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;

/** A new key for one click. Pages that are not served over TLS lack `randomUUID`. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A request that got lost is sent again with the same key. */
const again = (failures: number, error: Error): boolean => error instanceof Unreachable && failures < 3;

/** Begins a training and answers the job to follow. */
export function useTrain() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ handle, key, ...options }: TrainingOptions & { handle: string }): Promise<Job> => {
      const header = { Prefer: "respond-async", "Idempotency-Key": key };
      const answer = await call(
        api.POST("/regression/train", { params: { header }, body: { username: handle, ...options } }),
      );
      if ("state" in answer) return answer;
      throw new Error("a job was asked for");
    },
    retry: again,
    onSettled: () => void queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** Begins the training of every account of the company. */
export function useTrainAll() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: TrainingOptions) =>
      call(api.POST("/regression/train-all", { params: { header: { "Idempotency-Key": key } }, body })),
    retry: again,
    onSettled: () => void queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

export function useCancelJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.POST("/jobs/{id}/cancel", { params: { path: { id } } })),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** The company's jobs, newest first, page by page. Why one failed comes in the reader's language. */
export function useJobs(state: JobState | null) {
  const language = useLanguage();
  return useInfiniteQuery({
    queryKey: ["jobs", "list", state, language],
    queryFn: ({ pageParam: cursor, signal }) =>
      call(
        api.GET("/jobs", {
          params: { query: { limit: PAGE, ...(state && { state }), ...(cursor && { cursor }) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data?.pages.some((page) => page.jobs.some(isActive)) ? POLL_MS : false),
  });
}

/** The jobs that a job of all accounts is made of. */
export function useParts(job: Job) {
  const language = useLanguage();
  return useInfiniteQuery({
    queryKey: ["jobs", job.id, "parts", language],
    queryFn: ({ pageParam: cursor, signal }) =>
      call(api.GET("/jobs", { params: { query: { parent: job.id, limit: PAGE, ...(cursor && { cursor }) } }, signal })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: isActive(job) ? POLL_MS : false,
  });
}

/** Trainings that go on, also those that were begun before the page was opened. */
export const useActiveTrainings = (isEnabled: boolean) =>
  useQuery({
    queryKey: ["jobs", "active"],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        (["running", "queued"] as const).map((state) =>
          call(api.GET("/jobs", { params: { query: { state, limit: PAGE } }, signal })),
        ),
      );
      return pages.flatMap((page) => page.jobs).filter(isTraining);
    },
    enabled: isEnabled,
  });

/** One job as it is now. */
export const readJob = (id: string, signal: AbortSignal): Promise<Job> =>
  call(api.GET("/jobs/{id}", { params: { path: { id } }, signal }));
