import { connection } from "./connection";
import { Unreachable } from "./problem";

/**
 * Whether a proxy answers in the place of a server that is gone. The server itself never answers 502 or 504, and explains
 * its 503 in JSON; a proxy may write JSON too.
 */
export const isOfProxy = (status: number, type: string | null): boolean =>
  status === 502 || status === 504 || (status === 503 && !type?.includes("json"));

/** Sends a request in the page's language. Tells the shell whether the server was reached. */
export async function send(request: Request): Promise<Response> {
  request.headers.set("Accept-Language", document.documentElement.lang);
  try {
    const response = await fetch(request);
    if (isOfProxy(response.status, response.headers.get("content-type"))) throw new Unreachable();
    connection.reached();
    return response;
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    connection.lost();
    throw new Unreachable();
  }
}
