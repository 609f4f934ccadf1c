import { IconButton } from "../components/Button";
import { language } from "../i18n/language";
import { useLanguage, useText } from "../i18n/text";
import { theme, useIsDark } from "../theme";

/** Language and theme: the same two buttons on every screen, also before anybody is signed in. */
export function Preferences() {
  const t = useText();
  const now = useLanguage();
  const isDark = useIsDark();
  const other = now === "es" ? "en" : "es";
  return (
    <>
      <button
        type="button"
        className="btn btn-quiet"
        lang={other}
        title={t.shell.otherLanguage}
        onClick={() => language.set(other)}
      >
        {other.toUpperCase()}
        <span className="sr">: {t.shell.otherLanguage}</span>
      </button>
      <IconButton
        label={isDark ? t.shell.lightTheme : t.shell.darkTheme}
        icon={isDark ? "sun" : "moon"}
        onClick={() => theme.set(isDark ? "light" : "dark")}
      />
    </>
  );
}
