import createClient from "openapi-fetch";
import { session } from "../session/session";
import { problemOf, SignedOut } from "./problem";
import type { paths } from "./schema";
import { send } from "./transport";

/**
 * Sends a request as the person who is signed in. A token that was revoked is renewed once: another tab may hold a newer
 * one, and a role that changed gives a new token. A second refusal means that the session has ended.
 */
export async function authorized(sendWith: (token: string) => Promise<Response>): Promise<Response> {
  const token = await session.token();
  const first = await sendWith(token);
  if (first.status !== 401) return first;
  const second = await sendWith(await session.renew(token));
  if (second.status !== 401) return second;
  session.refused();
  throw new SignedOut();
}

const authorizedFetch = (request: Request) => authorized((token) => send(withToken(request.clone(), token)));

function withToken(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

/** The API as docs/openapi.json types it, as the person who is signed in. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: authorizedFetch });

/** The data of an answer; a refusal is thrown as a `Problem`. */
export async function call<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw await problemOfParsed(response, error);
  return data as T;
}

/** An answer and its `ETag`, which goes into `If-Match` to change exactly what was read. */
export interface Tagged<T> {
  data: T;
  etag: string | null;
}

export async function callTagged<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Tagged<T>> {
  const data = await call(answer);
  return { data, etag: (await answer).response.headers.get("etag") };
}

async function problemOfParsed(response: Response, error: unknown) {
  // openapi-fetch has read the body already.
  return problemOf(new Response(JSON.stringify(error ?? null), { status: response.status, headers: response.headers }));
}
