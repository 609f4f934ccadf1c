import { useSyncExternalStore } from "react";
import { connection } from "../api/connection";
import { Note } from "../components/Badge";
import { useText } from "../i18n/text";

/** While the server cannot be reached: what is shown stays, and the page goes on by itself. */
export function ConnectionNote() {
  const t = useText();
  const isLost = useSyncExternalStore(connection.subscribe, connection.isLost);
  if (!isLost) return null;
  return (
    <div className="connection">
      <Note tone="warn" icon="wifi-off" role="status">
        {t.shell.lost}
      </Note>
    </div>
  );
}
