import { useSyncExternalStore } from "react";
import { connection } from "../api/connection";
import { useText } from "../i18n/text";

/** Before it is known whether somebody is signed in. Empty, unless the server cannot be reached or cannot say. */
export function Starting({ isRefused = false }: { isRefused?: boolean }) {
  const t = useText();
  const isLost = useSyncExternalStore(connection.subscribe, connection.isLost);
  return (
    <main className="starting" aria-busy="true">
      {isLost && <p role="status">{t.shell.lost}</p>}
      {isRefused && <p role="status">{t.shell.busy}</p>}
    </main>
  );
}
