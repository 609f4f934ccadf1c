import { connection } from "./connection";
import { Unreachable } from "./problem";

/** Sends a request in the page's language. Tells the shell whether the server was reached. */
export async function send(request: Request): Promise<Response> {
  request.headers.set("Accept-Language", document.documentElement.lang);
  try {
    const response = await fetch(request);
    connection.reached();
    return response;
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    connection.lost();
    throw new Unreachable();
  }
}
