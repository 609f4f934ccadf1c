import type { ReactNode } from "react";
import { Brand } from "../../components/Brand";
import { useText } from "../../i18n/text";
import { Preferences } from "../../shell/Preferences";
import { Scenery } from "./Scenery";
import "../../styles/screen-sign-in.css";

/** What stands around a form before the page is shown: the name, language and theme, and a picture on a wide window. */
export function EnterPage({ children, foot }: { children: ReactNode; foot?: ReactNode }) {
  const t = useText();
  return (
    <main className="enter">
      <section className="enter-form">
        <header className="row-tight between">
          <span className="brand">
            <Brand />
          </span>
          <span className="row-tight">
            <Preferences />
          </span>
        </header>
        <div className="enter-box">{children}</div>
        {foot}
      </section>
      <aside className="enter-side" aria-hidden="true">
        <p>{t.signIn.motto}</p>
        <Scenery />
      </aside>
    </main>
  );
}
