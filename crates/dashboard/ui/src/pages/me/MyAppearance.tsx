import { Card } from "../../components/Card";
import { Segmented } from "../../components/Segmented";
import { language, type Language } from "../../i18n/language";
import { useLanguage, useText } from "../../i18n/text";
import { theme, useTheme, type Theme } from "../../theme";

/** Language and theme. The names of the languages are in themselves, so that everybody finds theirs. */
export function MyAppearance() {
  const t = useText();
  return (
    <Card title={t.me.appearance} note={t.me.appearanceWhy}>
      <div className="stack">
        <div className="stack-s">
          <p className="label">{t.me.language}</p>
          <Segmented<Language>
            label={t.me.language}
            value={useLanguage()}
            onChange={language.set}
            options={[
              { value: "es", text: <span lang="es">Español</span> },
              { value: "en", text: <span lang="en">English</span> },
            ]}
          />
        </div>
        <div className="stack-s">
          <p className="label">{t.me.theme}</p>
          <Segmented<Theme>
            label={t.me.theme}
            value={useTheme()}
            onChange={theme.set}
            options={[
              { value: "system", text: t.me.system },
              { value: "light", text: t.me.light },
              { value: "dark", text: t.me.dark },
            ]}
          />
        </div>
      </div>
    </Card>
  );
}
