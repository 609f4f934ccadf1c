import { useEffect, useRef, useState } from "react";
import { Icon } from "../../components/Icon";
import { clock, time } from "../../format/dates";
import { useLanguage, useText } from "../../i18n/text";

/** Too many attempts: how long the form is closed, counting down. What was typed stays. */
export function Locked({ until, onOpen }: { until: number; onOpen: () => void }) {
  const t = useText();
  const language = useLanguage();
  const [begun] = useState(() => Date.now());
  const [now, setNow] = useState(begun);
  const bar = useRef<HTMLSpanElement>(null);
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    bar.current?.style.setProperty("--w", `${((until - now) / Math.max(1, until - begun)) * 100}%`);
    if (now >= until) onOpen();
  }, [now, until, begun, onOpen]);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div className="lock" role="alert">
      <div className="row-tight">
        <Icon name="lock" />
        <h2>{t.signIn.locked}</h2>
      </div>
      <div className="countdown">
        <span className="time" aria-hidden="true">
          {clock(left)}
        </span>
        <p className="small soft">{t.signIn.lockedUntil(time(language, new Date(until), zone))}</p>
      </div>
      <div className="bar bar-warn">
        <span ref={bar} />
      </div>
    </div>
  );
}
