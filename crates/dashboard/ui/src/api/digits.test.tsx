import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, useEffect } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useReadDigits, type DigitsRead, type PictureToRead } from "./digits";
import type { Sending } from "./told";

interface Sent {
  sending: Sending<FormData>;
  answer: (lectura: string) => Promise<void>;
  refuse: () => Promise<void>;
}
const sent: Sent[] = [];
vi.mock("./told", () => ({
  postFormTold: (sending: Sending<FormData>) =>
    new Promise<DigitsRead>((resolve, reject) => {
      sending.signal?.addEventListener("abort", () => reject(new DOMException("left", "AbortError")));
      sent.push({
        sending,
        answer: (lectura) => after(() => resolve({ lectura } as DigitsRead)),
        refuse: () => after(() => reject(new Error("refused"))),
      });
    }),
}));

const onRead = vi.fn();
type Hook = ReturnType<typeof useReadDigits<PictureToRead>>;
let hook: Hook;
let root: Root;
function Page({ onHook }: { onHook: (hook: Hook) => void }) {
  const made = useReadDigits(onRead);
  useEffect(() => {
    onHook(made);
  });
  return null;
}

const picture = (text: string): PictureToRead => ({
  blob: new Blob([text], { type: "image/png" }),
  name: "digits.png",
});
/** The page hears of a change some turns later. */
const after = (work: () => void) =>
  act(async () => {
    work();
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
const start = (one: PictureToRead) => after(() => hook.start(one));

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  sent.length = 0;
  onRead.mockReset();
  const queries = new QueryClient({ defaultOptions: { mutations: { networkMode: "always" } } });
  root = createRoot(document.createElement("div"));
  act(() =>
    root.render(
      <QueryClientProvider client={queries}>
        <Page onHook={(made) => (hook = made)} />
      </QueryClientProvider>,
    ),
  );
});
afterEach(() => act(() => root.unmount()));

it("sends the picture as the file of a form, and gives what was read", async () => {
  const one = picture("4");
  await start(one);
  const { path, body } = sent[0]?.sending ?? {};
  const file = body?.get("file") as File;
  expect([path, file.name, await file.text()]).toEqual(["/predict", "digits.png", "4"]);
  expect(hook.isReading).toBe(true);
  await sent[0]?.answer("4");
  expect(onRead).toHaveBeenCalledExactlyOnceWith(one, { lectura: "4" });
  expect(hook.isReading).toBe(false);
});

it("can be cancelled, which is no failure", async () => {
  await start(picture("4"));
  await after(() => hook.cancel());
  expect(sent[0]?.sending.signal?.aborted).toBe(true);
  expect([hook.isReading, hook.error]).toEqual([false, null]);
  expect(onRead).not.toHaveBeenCalled();
});

it("gives up a picture for the next one", async () => {
  await start(picture("4"));
  const next = picture("7");
  await start(next);
  expect(sent[0]?.sending.signal?.aborted).toBe(true);
  expect(hook.error).toBe(null);
  await sent[1]?.answer("7");
  expect(onRead).toHaveBeenCalledExactlyOnceWith(next, { lectura: "7" });
});

it("tells a refusal, and can try again", async () => {
  await start(picture("4"));
  await sent[0]?.refuse();
  expect(hook.error?.message).toBe("refused");
  await start(picture("4"));
  expect(hook.error).toBe(null);
});

it("stops when the screen is left", async () => {
  await start(picture("4"));
  act(() => root.unmount());
  expect(sent[0]?.sending.signal?.aborted).toBe(true);
  expect(onRead).not.toHaveBeenCalled();
});
