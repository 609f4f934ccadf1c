import { QueryClient } from "@tanstack/react-query";
import { Problem, SignedOut, Unreachable } from "./problem";

const MINUTE_MS = 60_000;

/** A server that is gone is asked again until it is back; a refusal is shown, unless the server asks for patience. */
function isWorthAnotherTry(failures: number, error: Error): boolean {
  if (error instanceof Unreachable) return true;
  if (error instanceof SignedOut) return false;
  return error instanceof Problem && error.retryAfter !== null && error.retryAfter <= 10 && failures < 2;
}

function delay(failures: number, error: Error): number {
  if (error instanceof Problem && error.retryAfter !== null) return error.retryAfter * 1000;
  return Math.min(1000 * 2 ** failures, 10_000);
}

/** A memory of answers. Each person has one of their own, so that nobody is shown what another one read. */
export const newQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: isWorthAnotherTry,
        retryDelay: delay,
        staleTime: MINUTE_MS,
        gcTime: 10 * MINUTE_MS,
        // The server answers with an ETag, so that asking again is cheap.
        refetchOnWindowFocus: true,
        // The browser's own idea of being offline is about networks, not about this server.
        networkMode: "always",
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
