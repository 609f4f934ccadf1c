import { IconButton } from "../components/Button";
import { placeOf } from "../format/dates";
import { useText } from "../i18n/text";
import { may } from "../session/rights";
import type { SignedIn } from "../session/session";
import { useZone } from "../session/zone";
import { AccountFinder } from "./AccountFinder";
import { Preferences } from "./Preferences";

export function TopBar({ who, isMenuOpen, onMenu }: { who: SignedIn; isMenuOpen: boolean; onMenu: () => void }) {
  const t = useText();
  const zone = useZone();
  return (
    <header className="top">
      <IconButton className="menu-btn" label={t.shell.menu} icon="menu" aria-expanded={isMenuOpen} onClick={onMenu} />
      <span className="company">{who.empresa_nombre ?? t.shell.platform}</span>
      <span className="muted small hide-s nowrap">
        · {who.empresa_id === null ? t.shell.universalTime : t.shell.zone(placeOf(zone))}
      </span>
      <span className="grow" />
      {may(who.rol, "read-forecasts") && <AccountFinder />}
      <Preferences />
    </header>
  );
}
