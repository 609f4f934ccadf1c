import "../../styles/screen-me.css";
import { useMe } from "../../api/me";
import { Card } from "../../components/Card";
import { Loaded } from "../../components/States";
import { useToast } from "../../components/Toast";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { PasswordForm } from "../../session/PasswordForm";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { MyAppearance } from "./MyAppearance";
import { MyDetails } from "./MyDetails";
import { MySessions } from "./MySessions";
import { MyZone } from "./MyZone";

/** What belongs to whoever is signed in. */
export default function Me() {
  const t = useText();
  const toast = useToast();
  const who = useWho();
  const me = useMe();
  usePageTitle(t.me.title);
  return (
    <>
      <header className="page-head">
        <h1>{t.me.title}</h1>
      </header>
      <div className="me-grid">
        <div className="me-column">
          <MySessions />
          <Card title={t.me.password} note={t.me.passwordWhy}>
            <PasswordForm username={who.username} onChanged={() => toast("ok", t.password.changed)} />
          </Card>
        </div>
        <div className="me-column">
          <Card title={t.me.details} note={may(who.rol, "read-forecasts") && !may(who.rol, "manage") && t.me.askAdmin}>
            <Loaded query={me}>{(data) => <MyDetails me={data} />}</Loaded>
          </Card>
          <MyAppearance />
          <MyZone />
        </div>
      </div>
    </>
  );
}
