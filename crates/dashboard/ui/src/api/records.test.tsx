import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, useEffect } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Conflict, useChangeRecord, useDeleteRecord, useRevertRecord } from "./records";
import { send } from "./transport";

vi.mock("./transport");
vi.mock("../session/session", () => ({ session: { token: async () => "t" } }));

const TABLE = "00000000-0000-7000-8000-000000000001";
const RECORD = "00000000-0000-7000-8000-000000000002";
const held = (revision: number) => ({ id: RECORD, created_at: "", updated_at: "", revision, data: {} });

let root: Root;
let sent: Request[];
let stored = 1;

const answer = async (request: Request): Promise<Response> => {
  sent.push(request);
  if (request.url.includes("/revisions")) return Response.json({ items: [], page: 1, total_pages: 1 });
  if (request.method === "DELETE") return new Response(null, { status: 204 });
  return Response.json(held(stored), { headers: { ETag: `"state ${stored}"` } });
};

const writes = () =>
  sent.filter(({ method }) => method !== "GET").map(({ method, headers }) => [method, headers.get("if-match")]);

const useWriters = () => ({
  change: useChangeRecord(TABLE).mutateAsync,
  revert: useRevertRecord(TABLE).mutateAsync,
  remove: useDeleteRecord(TABLE).mutateAsync,
});
type Writers = ReturnType<typeof useWriters>;

function Page({ tell }: { tell: (writers: Writers) => void }) {
  const writers = useWriters();
  useEffect(() => {
    tell(writers);
  });
  return null;
}

function opened(): Writers {
  const found: Writers[] = [];
  root = createRoot(document.createElement("div"));
  act(() =>
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <Page tell={(writers) => void found.push(writers)} />
      </QueryClientProvider>,
    ),
  );
  return found[0] as Writers;
}

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  [sent, stored] = [[], 1];
  vi.mocked(send).mockImplementation((request) => answer(request as Request));
});
afterEach(() => act(() => root.unmount()));

test("whatever changes or deletes a record says which state of it was seen", async () => {
  const { change, revert, remove } = opened();
  await act(async () => {
    await change({ record: RECORD, revision: 1, data: {} });
    await revert({ record: RECORD, revision: 1, to: 1 });
    await remove({ record: RECORD, revision: 1 });
  });
  expect(writes()).toEqual([
    ["PATCH", '"state 1"'],
    ["POST", '"state 1"'],
    ["DELETE", '"state 1"'],
  ]);
});

test("a record that somebody else changed meanwhile is not deleted", async () => {
  stored = 2;
  const { remove } = opened();
  await act(() => expect(remove({ record: RECORD, revision: 1 })).rejects.toBeInstanceOf(Conflict));
  expect(writes()).toEqual([]);
});
