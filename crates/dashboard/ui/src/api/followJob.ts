import { api, call } from "./client";
import { isActive, readJob, type Job } from "./jobs";
import { Problem, SignedOut } from "./problem";
import { serverSentEvents } from "./serverSentEvents";

const POLL_MS = 2_000;

interface Options {
  signal: AbortSignal;
  /** A user may have a few streams only; the other jobs are asked for again and again. */
  isStreamed: boolean;
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Tells how far a job is until it has ended. A stream that breaks (the token expired, the server restarted, too many
 * streams are open) is no end: the job is asked for, and followed again.
 */
export async function followJob(id: string, tell: (job: Job) => void, options: Options): Promise<void> {
  const { signal, pause = wait } = options;
  let isStreamed = options.isStreamed;
  while (!signal.aborted) {
    try {
      if (isStreamed && (await stream(id, tell, signal))) return;
      const job = await readJob(id, signal);
      tell(job);
      if (!isActive(job)) return;
    } catch (error) {
      if (signal.aborted || error instanceof SignedOut) return;
      if (error instanceof Problem) {
        // Jobs are kept for a month, so one that is not found is none of this person's any more.
        if (error.status === 403 || error.status === 404) return;
        isStreamed = false;
      }
    }
    await pause(POLL_MS, signal);
  }
}

/** Whether the job has ended, which is the last event. */
async function stream(id: string, tell: (job: Job) => void, signal: AbortSignal): Promise<boolean> {
  const body = await call(api.GET("/jobs/{id}/events", { params: { path: { id } }, parseAs: "stream", signal }));
  if (!body) return false;
  for await (const { event, data } of serverSentEvents(body)) {
    tell(JSON.parse(data) as Job);
    if (event === "end") return true;
  }
  return false;
}

const wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
