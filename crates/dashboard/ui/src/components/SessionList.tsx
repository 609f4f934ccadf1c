import type { ReactNode } from "react";
import type { Session } from "../api/me";
import { deviceName } from "../format/device";
import { useFormat } from "../format/useFormat";
import { useText } from "../i18n/text";
import { Badge } from "./Badge";
import { Button } from "./Button";
import { Empty } from "./States";
import { Icon } from "./Icon";

interface Props {
  sessions: readonly Session[];
  /** The one that is being ended now. */
  ending: string | undefined;
  onEnd: (session: Session) => void;
}

/** The devices on which somebody is signed in. */
export function SessionList({ sessions, ending, onEnd }: Props) {
  const t = useText();
  if (sessions.length === 0) return <Empty title={t.sessions.none} />;
  return (
    <ul className="list">
      {sessions.map((session) => (
        <SessionLine key={session.id} session={session}>
          <Button small busy={ending === session.id} onClick={() => onEnd(session)}>
            {session.current ? t.shell.signOut : t.sessions.end}
            {!session.current && <span className="sr">: {nameOf(session) ?? t.sessions.unnamed}</span>}
          </Button>
        </SessionLine>
      ))}
    </ul>
  );
}

const programOf = ({ agent }: Session): string | null => (agent ? deviceName(agent) || null : null);
const nameOf = (session: Session): string | null => session.device_name ?? programOf(session);

function SessionLine({ session, children }: { session: Session; children: ReactNode }) {
  const t = useText();
  const format = useFormat();
  const name = nameOf(session);
  const program = programOf(session);
  return (
    <li className="list-line">
      <Icon name="device" />
      <div className="grow">
        <p className="row">
          <span className="strong breakable">{name ?? t.sessions.unnamed}</span>
          {session.current && (
            <Badge tone="acc" icon="check">
              {t.sessions.thisDevice}
            </Badge>
          )}
        </p>
        <p className="small muted" title={session.agent ?? undefined}>
          {[program !== name && program, session.address && t.sessions.from(session.address)]
            .filter(Boolean)
            .join(" · ")}
        </p>
        <p className="small muted">
          <time dateTime={session.last_used_at} title={format.moment(session.last_used_at)}>
            {session.current ? t.sessions.now : t.sessions.used(format.ago(session.last_used_at))}
          </time>
          {" · "}
          <time dateTime={session.created_at}>{t.sessions.begun(format.moment(session.created_at))}</time>
        </p>
      </div>
      {children}
    </li>
  );
}
