import { useState } from "react";
import { Note } from "../components/Badge";
import { Button } from "../components/Button";
import { useFormat } from "../format/useFormat";
import { useText } from "../i18n/text";
import type { SignedIn } from "../session/session";

/** What the person should know about the safety of their sessions. The server tells each once. */
export function SecurityNotices({ notices }: { notices: SignedIn["security_notices"] }) {
  const t = useText();
  const format = useFormat();
  const [isRead, setRead] = useState(false);
  if (isRead || notices.length === 0) return null;
  return (
    <Note tone="warn" icon="alert" role="alert">
      <div className="row between">
        <div className="stack-s">
          {notices.map((notice) => (
            <p key={`${notice.code}${notice.at}`}>
              {t.notices[notice.code](notice.device_name ?? t.notices.unnamedDevice, format.moment(notice.at))}
            </p>
          ))}
        </div>
        <Button small onClick={() => setRead(true)}>
          {t.notices.read}
        </Button>
      </div>
    </Note>
  );
}
