import { Link } from "wouter";
import { Icon } from "../components/Icon";
import { useText } from "../i18n/text";

/** No such screen, or none for this role. The address stays, so that it can be told to an administrator. */
export function NotFound({ isForbidden = false }: { isForbidden?: boolean }) {
  const t = useText();
  return (
    <div className="failure no-screen">
      <Icon name={isForbidden ? "lock" : "info"} />
      <div className="stack-s">
        <h1>{isForbidden ? t.common.forbidden : t.shell.noScreen}</h1>
        <p className="muted">{isForbidden ? t.common.forbiddenNext : t.shell.noScreenNext}</p>
        <p>
          <Link className="btn" href="/">
            {t.shell.toStart}
          </Link>
        </p>
      </div>
    </div>
  );
}
