import { expect, test } from "vitest";
import { serverSentEvents, type ServerSentEvent } from "./serverSentEvents";

async function read(...chunks: string[]): Promise<ServerSentEvent[]> {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  const events: ServerSentEvent[] = [];
  for await (const event of serverSentEvents(body)) events.push(event);
  return events;
}

test("events are read, comments and the waiting time are passed over", async () => {
  expect(await read('retry: 2000\nevent: progress\nid: W/"1"\ndata: {"a":1}\n\n:\n\nevent: end\ndata: {}\n\n')).toEqual(
    [
      { event: "progress", data: '{"a":1}' },
      { event: "end", data: "{}" },
    ],
  );
});

test("an event that comes in pieces is one event", async () => {
  expect(await read("event: pro", "gress\nda", "ta: x\n", "\n")).toEqual([{ event: "progress", data: "x" }]);
});

test("an event that was cut off is none", async () => {
  expect(await read("event: progress\ndata: x\n")).toEqual([]);
});
