import { lazy, Suspense, useEffect } from "react";
import { connection } from "../api/connection";
import { queries } from "../api/queries";
import { Starting } from "../shell/Starting";
import { SignIn } from "../pages/sign-in/SignIn";
import { keepDraftsFor, forgetDrafts } from "./drafts";
import { session } from "./session";
import { useSession } from "./useSession";

const Shell = lazy(() => import("../shell/Shell"));
const ForcedChange = lazy(() => import("../pages/sign-in/ForcedChange"));

const RETRY_MS = 2_000;

/** Shows the page to somebody who is signed in, and nothing of it to anybody else. */
export function Gate() {
  const state = useSession();
  useRestoreWhenReachable(state.is === "starting");
  useForgettingAtTheEnd(state.is === "in" ? state.who.username : null, state.is === "out" && state.why === "left");

  if (state.is === "starting") return <Starting />;
  if (state.is === "out") return <SignIn why={state.why} />;
  return (
    <Suspense fallback={<Starting />}>
      {state.who.must_change_password ? (
        <ForcedChange who={state.who} />
      ) : (
        <Shell key={state.who.username} who={state.who} />
      )}
    </Suspense>
  );
}

function useRestoreWhenReachable(isStarting: boolean) {
  useEffect(() => {
    if (!isStarting) return;
    const timer = setInterval(() => {
      if (connection.isLost()) void session.restore().catch(() => undefined);
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [isStarting]);
}

/** What was read belongs to a session: at its end the memory of answers is emptied, at a logout also what was typed. */
function useForgettingAtTheEnd(username: string | null, hasLeft: boolean) {
  useEffect(() => {
    if (username !== null) keepDraftsFor(username);
    else queries.clear();
  }, [username]);
  useEffect(() => {
    if (hasLeft) forgetDrafts();
  }, [hasLeft]);
}
