import { useId } from "react";
import { useText } from "../../i18n/text";

/** The shape of a chart where there is none yet. It says that it shows no data. */
export function Ghost() {
  const t = useText();
  const id = useId();
  return (
    <section className="card ghost" aria-labelledby={id}>
      <div className="row between">
        <h2 id={id} className="muted">
          {t.firstSteps.ghost}
        </h2>
        <span className="small muted">{t.firstSteps.ghostNote}</span>
      </div>
      <svg viewBox="0 0 600 160" preserveAspectRatio="none" aria-hidden="true">
        <path className="fillb" d="M400 78L600 18L600 92L400 78Z" />
        <path d="M0 138C60 132 90 118 140 120S230 104 280 98S360 84 400 78L600 52" />
      </svg>
    </section>
  );
}
