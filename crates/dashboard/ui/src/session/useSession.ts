import { useSyncExternalStore } from "react";
import { session, type SessionState, type SignedIn } from "./session";

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

/** Who is signed in. Only for components that the shell draws for somebody who is. */
export function useWho(): SignedIn {
  const state = useSession();
  if (state.is !== "in") throw new Error("nobody is signed in");
  return state.who;
}
