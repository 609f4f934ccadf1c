import { authorized } from "./client";
import { connection } from "./connection";
import { problemOf, Unreachable } from "./problem";
import { isOfProxy } from "./transport";

/** A body that is sent to the API, and what is wanted to be known meanwhile. */
export interface Sending<Body = Blob> {
  path: string;
  body: Body;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** The share that has left, 0 to 1. Where the browser does not tell it, it is never called. */
  onProgress: (share: number) => void;
}

/** Posts a body as the person who is signed in, and tells its progress, which `fetch` does not know. */
export const postTold = <T>(sending: Sending): Promise<T> => posted(sending);

/** The same with a form, which says by itself what it is. */
export const postFormTold = <T>(sending: Sending<FormData>): Promise<T> => posted(sending);

async function posted<T>(sending: Sending<Blob | FormData>): Promise<T> {
  const response = await authorized((token) => post(sending, token));
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

function post(
  { path, body, headers = {}, signal, onProgress }: Sending<Blob | FormData>,
  token: string,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    // Nobody waits for it any more since the token was asked for.
    if (signal?.aborted) return reject(new DOMException("left", "AbortError"));
    const request = new XMLHttpRequest();
    request.open("POST", path);
    const all = { ...headers, "Accept-Language": document.documentElement.lang, Authorization: `Bearer ${token}` };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    const lose = () => {
      connection.lost();
      reject(new Unreachable());
    };
    request.onload = () => {
      if (isOfProxy(request.status, request.getResponseHeader("Content-Type"))) return lose();
      connection.reached();
      resolve(responseOf(request));
    };
    request.onerror = lose;
    request.onabort = () => reject(new DOMException("left", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

function responseOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ["Retry-After", "X-Request-Id"]) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status, headers });
}
