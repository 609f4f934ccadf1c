import { Icon } from "../../components/Icon";
import { Button } from "../../components/Button";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { PasswordForm } from "../../session/PasswordForm";
import { session, type SignedIn } from "../../session/session";
import { Preferences } from "../../shell/Preferences";
import { Scenery } from "./Scenery";
import "../../styles/screen-sign-in.css";

/** Somebody else set this password: nothing else is shown until its owner has chosen another. */
export default function ForcedChange({ who }: { who: SignedIn }) {
  const t = useText();
  usePageTitle(t.password.forcedTitle);
  return (
    <main className="enter">
      <section className="enter-form">
        <header className="row-tight between">
          <span className="brand">
            <span className="mark">
              <Icon name="brand" />
            </span>
            Atalaya
          </span>
          <span className="row-tight">
            <Preferences />
          </span>
        </header>
        <div className="enter-box">
          <h1>{t.password.forcedTitle}</h1>
          <p className="soft">{t.password.forcedWhy(who.username)}</p>
          <PasswordForm
            username={who.username}
            known={session.temporaryPassword()}
            onChanged={() => void session.goOn()}
          />
          <Button look="quiet" onClick={() => void session.logout()}>
            {t.shell.signOut}
          </Button>
        </div>
      </section>
      <aside className="enter-side" aria-hidden="true">
        <p>{t.signIn.motto}</p>
        <Scenery />
      </aside>
    </main>
  );
}
