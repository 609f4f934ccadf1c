import { beforeEach, expect, test, vi } from "vitest";
import { followJob } from "./followJob";
import type { Job } from "./jobs";
import { Problem, SignedOut, Unreachable } from "./problem";

/** What the API answers, in the order in which it is asked. */
const answers = vi.hoisted(() => ({ streams: [] as unknown[], reads: [] as unknown[] }));

vi.mock("./client", () => ({
  api: { GET: (path: string) => (path.endsWith("/events") ? answers.streams : answers.reads) },
  call: (queue: unknown[]) => {
    const next = queue.shift();
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  },
}));

const job = (change: Partial<Job>): Job => ({
  id: "1",
  kind: "train",
  state: "running",
  cuenta: "a",
  asked_by: "ana",
  created_at: "2026-11-29T00:00:00Z",
  started_at: null,
  finished_at: null,
  attempts: 1,
  progress: { done: 0, total: 0 },
  parts: null,
  parent: null,
  model_version: null,
  error: null,
  ...change,
});

function stream(...events: ["progress" | "end", Job][]): ReadableStream<Uint8Array> {
  const text = events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join("");
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

const problem = (status: number) => new Problem(new Response(null, { status }), null);

async function follow(isStreamed = true): Promise<string[]> {
  const told: string[] = [];
  await followJob("1", ({ state, progress }) => told.push(`${state} ${progress.done}`), {
    signal: new AbortController().signal,
    isStreamed,
    pause: () => Promise.resolve(),
  });
  return told;
}

beforeEach(() => {
  answers.streams = [];
  answers.reads = [];
});

test("a job is told until the stream says that it has ended", async () => {
  answers.streams = [
    stream(
      ["progress", job({ progress: { done: 2, total: 4 } })],
      ["end", job({ state: "succeeded", progress: { done: 4, total: 4 } })],
    ),
  ];
  expect(await follow()).toEqual(["running 2", "succeeded 4"]);
});

test("a stream that breaks is opened again", async () => {
  answers.streams = [stream(["progress", job({})]), stream(["end", job({ state: "failed" })])];
  answers.reads = [job({ progress: { done: 1, total: 4 } })];
  expect(await follow()).toEqual(["running 0", "running 1", "failed 0"]);
});

test("where too many streams are open the job is asked for again and again", async () => {
  answers.streams = [problem(429)];
  answers.reads = [job({}), job({ state: "succeeded" })];
  expect(await follow()).toEqual(["running 0", "succeeded 0"]);
});

test("a server that is away is waited for", async () => {
  answers.reads = [new Unreachable(), job({ state: "cancelled" })];
  expect(await follow(false)).toEqual(["cancelled 0"]);
});

test("whoever is signed out, or may not see the job any more, follows no longer", async () => {
  answers.streams = [new SignedOut()];
  expect(await follow()).toEqual([]);
  answers.streams = [];
  answers.reads = [problem(404)];
  expect(await follow(false)).toEqual([]);
});
