import { Button } from "../../components/Button";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { PasswordForm } from "../../session/PasswordForm";
import { session, type SignedIn } from "../../session/session";
import { EnterPage } from "./EnterPage";

/** Somebody else set this password: nothing else is shown until its owner has chosen another. */
export default function ForcedChange({ who }: { who: SignedIn }) {
  const t = useText();
  usePageTitle(t.password.forcedTitle);
  return (
    <EnterPage>
      <h1>{t.password.forcedTitle}</h1>
      <p className="soft">{t.password.forcedWhy(who.username)}</p>
      <PasswordForm
        username={who.username}
        known={session.temporaryPassword()}
        isAlone
        onChanged={() => void session.goOn()}
      />
      <Button look="quiet" onClick={() => void session.logout()}>
        {t.shell.signOut}
      </Button>
    </EnterPage>
  );
}
