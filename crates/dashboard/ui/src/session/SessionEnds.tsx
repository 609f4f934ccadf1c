import { useEffect, useState } from "react";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { useToast } from "../components/Toast";
import { clock } from "../format/dates";
import { useText } from "../i18n/text";
import { session } from "./session";

/** The person is told this long before the end; with a short limit, half of it. */
const WARNING_MS = 5 * 60_000;
const ACTS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

interface Ending {
  kind: "idle" | "absolute";
  at: number;
  warning: number;
}

/** Counts down to the end of the session, and ends it. While the dialog is open, only its buttons count as an act. */
export function SessionEnds() {
  const [now, setNow] = useState(() => Date.now());
  const [dismissed, setDismissed] = useState<number | null>(null);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);

  const ending = nearest();
  const isNear = ending !== null && now >= ending.at - ending.warning && ending.at !== dismissed;
  useActs(!(isNear && ending.kind === "idle"));
  const isOver = ending !== null && now >= ending.at;
  useEffect(() => {
    if (isOver) void session.expire();
  }, [isOver]);

  if (!isNear || isOver) return null;
  return <EndingDialog ending={ending} now={now} onDismiss={() => setDismissed(ending.at)} />;
}

function nearest(): Ending | null {
  const { idle, absolute, idleSpan } = session.ends();
  if (absolute !== null && (idle === null || absolute <= idle))
    return { kind: "absolute", at: absolute, warning: WARNING_MS };
  if (idle === null || idleSpan === null) return null;
  return { kind: "idle", at: idle, warning: Math.min(WARNING_MS, idleSpan / 2) };
}

function useActs(isCounting: boolean) {
  useEffect(() => {
    if (!isCounting) return;
    const onAct = () => session.act();
    for (const act of ACTS) addEventListener(act, onAct, { passive: true, capture: true });
    return () => {
      for (const act of ACTS) removeEventListener(act, onAct, { capture: true });
    };
  }, [isCounting]);
}

function EndingDialog({ ending, now, onDismiss }: { ending: Ending; now: number; onDismiss: () => void }) {
  const t = useText();
  const toast = useToast();
  const [isBusy, setBusy] = useState(false);
  const left = Math.max(0, Math.ceil((ending.at - now) / 1000));
  const isIdle = ending.kind === "idle";
  const goOn = async () => {
    setBusy(true);
    try {
      await session.goOn();
      toast("ok", t.session.renewed);
    } catch {
      toast("bad", t.session.notRenewed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t.session.endsSoon}
      icon="clock"
      foot={
        <>
          <Button onClick={() => void session.logout()}>{t.shell.signOut}</Button>
          {isIdle ? (
            <Button look="primary" busy={isBusy} autoFocus onClick={() => void goOn()}>
              {t.session.goOn}
            </Button>
          ) : (
            <>
              <Button onClick={onDismiss}>{t.session.later}</Button>
              <Button look="primary" autoFocus onClick={() => session.end("ended")}>
                {t.session.signInAgain}
              </Button>
            </>
          )}
        </>
      }
    >
      <div className="countdown">
        <span className="time" aria-hidden="true">
          {clock(left)}
        </span>
        <p className="soft">{isIdle ? t.session.idleWhy : t.session.absoluteWhy}</p>
      </div>
      <Bar share={(left * 1000) / ending.warning} />
      <span className="sr" role="timer">
        {t.session.minutesLeft(Math.ceil(left / 60))}
      </span>
    </Dialog>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <div className="bar bar-warn">
      <span ref={(bar) => void bar?.style.setProperty("--w", `${Math.min(1, share) * 100}%`)} />
    </div>
  );
}
