import { Icon } from "../components/Icon";
import { usePageTitle } from "../components/usePageTitle";
import { useText } from "../i18n/text";
import { EnterPage } from "../pages/sign-in/EnterPage";

/**
 * Browsers give pages of plain HTTP, but for those of the machine itself, no locks, and keep no session's cookie of
 * theirs: nobody could stay signed in, and the password would go over the network in the open.
 */
export const canRunHere = (): boolean => isSecureContext && "locks" in navigator;

/** In the place of the whole page where it cannot run: why, and what to do. */
export function Insecure() {
  const t = useText();
  usePageTitle(t.insecure.title);
  const secure = `https://${location.host}${location.pathname}`;
  return (
    <EnterPage>
      <h1>{t.insecure.title}</h1>
      <p>{t.insecure.why}</p>
      <div className="stack-s">
        <p>{t.insecure.tryIt}</p>
        <p className="breakable">
          <a href={secure}>{secure}</a>
        </p>
        <p className="soft">{t.insecure.ask}</p>
      </div>
      <div className="note">
        <Icon name="lock" />
        <div className="stack-s">
          <p className="strong">{t.insecure.operator}</p>
          <p>{t.insecure.operatorDo}</p>
          <p>{t.insecure.operatorTry}</p>
        </div>
      </div>
    </EnterPage>
  );
}
