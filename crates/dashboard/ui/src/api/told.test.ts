import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connection } from "./connection";
import { Problem, Unreachable } from "./problem";
import { postTold } from "./told";

vi.mock("./client", () => ({ authorized: (send: (token: string) => Promise<Response>) => send("the-token") }));

/** A request of which the test plays the server. */
class FakeRequest {
  static last: FakeRequest;
  readonly upload: { onprogress?: (event: { lengthComputable: boolean; loaded: number; total: number }) => void } = {};
  readonly headers = new Map<string, string>();
  status = 0;
  responseText = "";
  opened = "";
  isAborted = false;
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;

  constructor() {
    FakeRequest.last = this;
  }
  open(method: string, path: string) {
    this.opened = `${method} ${path}`;
  }
  setRequestHeader(name: string, value: string) {
    this.headers.set(name, value);
  }
  type = "application/problem+json";
  getResponseHeader(name: string) {
    return { "X-Request-Id": "req-1", "Content-Type": this.type }[name] ?? null;
  }
  abort() {
    this.isAborted = true;
    this.onabort?.();
  }
  send() {
    // The test answers.
  }
  answer(status: number, body: unknown) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload?.();
  }
}

beforeEach(() => vi.stubGlobal("XMLHttpRequest", FakeRequest));
afterEach(() => {
  vi.unstubAllGlobals();
  connection.reached();
});

const body = new Blob(["fecha,seguidores\n"], { type: "text/csv" });
const start = (more: { signal?: AbortSignal } = {}) => {
  const shares: number[] = [];
  const answer = postTold<{ inserted: number }>({
    path: "/x",
    body,
    headers: { "Idempotency-Key": "k" },
    onProgress: (share) => shares.push(share),
    ...more,
  });
  return { answer, shares };
};

it("sends as the person who is signed in and tells how far it is", async () => {
  const { answer, shares } = start();
  const request = FakeRequest.last;
  request.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 });
  request.upload.onprogress?.({ lengthComputable: false, loaded: 2, total: 0 });
  request.answer(200, { inserted: 3 });
  expect(await answer).toEqual({ inserted: 3 });
  expect(shares).toEqual([0.25]);
  expect([request.opened, request.headers.get("Authorization"), request.headers.get("Idempotency-Key")]).toEqual([
    "POST /x",
    "Bearer the-token",
    "k",
  ]);
});

it("throws a refusal with what somebody may quote", async () => {
  const { answer } = start();
  FakeRequest.last.answer(413, { detail: "El archivo supera el máximo de 16 MiB.", error_code: "PAYLOAD_TOO_LARGE" });
  const error = await answer.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).message).toBe("El archivo supera el máximo de 16 MiB.");
  expect((error as Problem).requestId).toBe("req-1");
});

it("tells a lost connection from a refusal", async () => {
  const { answer } = start();
  FakeRequest.last.onerror?.();
  await expect(answer).rejects.toBeInstanceOf(Unreachable);
  expect(connection.isLost()).toBe(true);
});

it("takes a proxy's word that the server is gone for a lost connection, and the server's own refusal not", async () => {
  const lost = start();
  FakeRequest.last.type = "text/html";
  FakeRequest.last.answer(502, "");
  await expect(lost.answer).rejects.toBeInstanceOf(Unreachable);
  // A proxy may explain itself as the server does.
  for (const status of [502, 504]) {
    const explained = start();
    FakeRequest.last.answer(status, { error_code: "BAD_GATEWAY" });
    await expect(explained.answer).rejects.toBeInstanceOf(Unreachable);
  }
  const refused = start();
  FakeRequest.last.answer(503, { detail: "El servidor no puede atender la solicitud ahora." });
  await expect(refused.answer).rejects.toBeInstanceOf(Problem);
});

it("stops sending when nobody waits for it any more", async () => {
  const leaving = new AbortController();
  const { answer } = start({ signal: leaving.signal });
  leaving.abort();
  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
  expect(FakeRequest.last.isAborted).toBe(true);
});

it("does not begin to send what nobody waits for", async () => {
  const before = FakeRequest.last;
  await expect(start({ signal: AbortSignal.abort() }).answer).rejects.toMatchObject({ name: "AbortError" });
  expect(FakeRequest.last).toBe(before);
});
