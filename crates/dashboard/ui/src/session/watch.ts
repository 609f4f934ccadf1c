import { SignedOut } from "../api/problem";
import { serverSentEvents } from "../api/serverSentEvents";
import { send } from "../api/transport";
import { session } from "./session";

const PAUSE_MS = 2_000;

/**
 * Hears from the server when the session ends, so that the page is emptied at once. One tab of the browser listens for
 * all; when it is closed, another one takes over.
 */
export function watchSession(): () => void {
  const stop = new AbortController();
  void navigator.locks
    .request("atalaya.watch", { signal: stop.signal }, () => listen(stop.signal))
    .catch(() => undefined);
  return () => stop.abort();
}

async function listen(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const token = await session.token();
      if (await hearsTheEnd(token, signal)) await session.renew(token);
      else await pause(signal);
    } catch (error) {
      if (error instanceof SignedOut) return;
      await pause(signal);
    }
  }
}

/** Whether the server said that the token stands for nobody any more. A stream that breaks says nothing. */
async function hearsTheEnd(token: string, signal: AbortSignal): Promise<boolean> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await send(new Request(`${location.origin}/auth/session/events`, { headers, signal }));
  if (response.status === 401) return true;
  if (!response.ok || !response.body) return false;
  for await (const { event } of serverSentEvents(response.body)) {
    if (event === "end") return true;
  }
  return false;
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
