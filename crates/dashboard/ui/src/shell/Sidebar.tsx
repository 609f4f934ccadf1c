import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import { Brand } from "../components/Brand";
import { Icon } from "../components/Icon";
import { Menu } from "../components/Menu";
import { useText } from "../i18n/text";
import { may } from "../session/rights";
import { session, type SignedIn } from "../session/session";
import { SCREENS } from "./navigation";

export function Sidebar({ who, isOpen, onClose }: { who: SignedIn; isOpen: boolean; onClose: () => void }) {
  const t = useText();
  useEffect(() => {
    if (!isOpen) return;
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isOpen, onClose]);
  return (
    <>
      {isOpen && <div className="side-scrim" onClick={onClose} />}
      <aside className={isOpen ? "side open" : "side"}>
        <Link className="brand" href="/">
          <Brand />
        </Link>
        <Group who={who} group="main" label={t.nav.main} />
        <Group who={who} group="administration" label={t.nav.administration} hasTitle />
        <div className="side-foot">
          <UserMenu who={who} />
        </div>
      </aside>
    </>
  );
}

interface GroupProps {
  who: SignedIn;
  group: "main" | "administration";
  label: string;
  hasTitle?: boolean;
}

function Group({ who, group, label, hasTitle }: GroupProps) {
  const t = useText();
  const [here] = useLocation();
  const entries = SCREENS.flatMap(({ path, needs, entry }) =>
    entry?.group === group && (!needs || may(who.rol, needs)) ? [{ path, ...entry }] : [],
  );
  if (entries.length === 0) return null;
  return (
    <nav className="nav" aria-label={label}>
      {hasTitle && <p className="nav-title">{label}</p>}
      {entries.map(({ path, icon, text }) => (
        <Link key={path} href={path} aria-current={isHere(path, here) ? "page" : undefined}>
          <Icon name={icon} />
          <span>{text(t)}</span>
        </Link>
      ))}
    </nav>
  );
}

/** An account's model and data belong to their own entries, its chart to the accounts. */
function isHere(path: string, here: string): boolean {
  if (path === "/") return here === "/";
  const screenOfAccount = /^\/accounts\/[^/]+\/(model|data)$/.exec(here)?.[1];
  if (screenOfAccount) return path === (screenOfAccount === "model" ? "/models" : "/data");
  return here === path || here.startsWith(`${path}/`);
}

/** Of two words when the name has them: admin_interbank is AI. */
function initials(username: string): string {
  const [first = "", second] = username.split(/[^\p{L}\p{N}]+/u).filter((part) => part);
  return (
    second ? [...first].slice(0, 1).join("") + [...second].slice(0, 1).join("") : [...first].slice(0, 2).join("")
  ).toUpperCase();
}

function UserMenu({ who }: { who: SignedIn }) {
  const t = useText();
  const [, go] = useLocation();
  return (
    <Menu
      className="who"
      button={
        <>
          <span className="avatar" aria-hidden="true">
            {initials(who.username)}
          </span>
          <span className="grow">
            <span className="strong">{who.username}</span>
            <span className="sub-line">{t.roles[who.rol]}</span>
          </span>
          <Icon name="dots" />
        </>
      }
      items={[
        {
          text: (
            <>
              <Icon name="user" /> {t.nav.me}
            </>
          ),
          onSelect: () => go("/me"),
        },
        {
          text: (
            <>
              <Icon name="out" /> {t.shell.signOut}
            </>
          ),
          onSelect: () => void session.logout(),
        },
      ]}
    />
  );
}
