import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { connection } from "../api/connection";
import { newQueries } from "../api/queries";
import { deferred } from "../components/deferred";
import { Starting } from "../shell/Starting";
import { SignIn } from "../pages/sign-in/SignIn";
import { keepDraftsFor, forgetDrafts } from "./drafts";
import { session } from "./session";
import { useSession } from "./useSession";

const Shell = deferred(() => import("../shell/Shell"), Starting);
const ForcedChange = deferred(() => import("../pages/sign-in/ForcedChange"), Starting);

const RETRY_MS = 2_000;

/** Shows the page to somebody who is signed in, and nothing of it to anybody else. */
export function Gate() {
  const state = useSession();
  const isRefused = useRestoreAgain(state.is === "starting");
  usePreloadedShell(state.is === "starting");
  const username = state.is === "in" ? state.who.username : null;
  useForgettingDrafts(username, state.is === "out" && state.why === "left");
  const queries = useQueriesOf(username);

  if (state.is === "starting") return <Starting isRefused={isRefused} />;
  if (state.is === "out") return <SignIn why={state.why} />;
  return (
    <QueryClientProvider client={queries}>
      {state.who.must_change_password ? (
        <ForcedChange who={state.who} />
      ) : (
        <Shell key={state.who.username} who={state.who} />
      )}
    </QueryClientProvider>
  );
}

/** Whose session may go on needs the shell next: its code comes while the server is asked. */
function usePreloadedShell(isStarting: boolean) {
  useEffect(() => {
    // Whoever shows the shell is told of a failure.
    if (isStarting) void Shell.preload().catch(() => undefined);
  }, [isStarting]);
}

/** Asks again where the server was not reached, or could not say whether the session goes on; whether it was the latter. */
function useRestoreAgain(isStarting: boolean): boolean {
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    if (!isStarting) return;
    const timer = setInterval(() => {
      const refused = session.isRestoreRefused();
      setRefused(refused && !connection.isLost());
      if (refused || connection.isLost()) void session.restore().catch(() => undefined);
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [isStarting]);
  return isRefused;
}

/** What was read belongs to who read it: somebody else, or the same person after the end, begins with nothing. */
function useQueriesOf(username: string | null) {
  const queries = useMemo(() => ({ of: username, memory: newQueries() }), [username]).memory;
  useEffect(() => () => queries.clear(), [queries]);
  return queries;
}

/** What was typed is kept for the same person, and forgotten at a logout. */
function useForgettingDrafts(username: string | null, hasLeft: boolean) {
  useEffect(() => {
    if (username !== null) keepDraftsFor(username);
  }, [username]);
  useEffect(() => {
    if (hasLeft) forgetDrafts();
  }, [hasLeft]);
}
