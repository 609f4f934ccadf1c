import { useEffect, useState } from "react";
import { Problem, Unreachable } from "../../api/problem";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { clock } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Picture } from "./picture";
import type { Work } from "./useWork";

const TOO_LARGE = 413;
const UNREADABLE = "UNREADABLE_IMAGE";

interface Props {
  work: Work;
  picture: Picture;
  error: Error;
}

/** Why a picture was not read, and the one thing that helps: a smaller copy, one that the browser writes anew, patience. */
export function ReadFailed({ work, picture, error }: Props) {
  const t = useText();
  const problem = error instanceof Problem ? error : null;
  const left = useSecondsTo(problem?.retryAt ?? null);
  const isGone = error instanceof Unreachable;
  const isTooLarge = problem?.status === TOO_LARGE;
  const isUnreadable = problem?.code === UNREADABLE;
  const isLater = problem?.retryAt != null;
  return (
    <>
      <Note
        tone={isGone || isLater || isTooLarge ? "warn" : "bad"}
        icon={isGone ? "wifi-off" : isLater ? "clock" : "alert"}
        role="alert"
      >
        <p>{isGone ? t.digits.failed.gone : (problem?.message ?? t.common.failedUnknown)}</p>
        {problem?.requestId && !isLater && !isTooLarge && !isUnreadable && (
          <p className="xs">
            {t.common.requestId} <code>{problem.requestId}</code>
          </p>
        )}
      </Note>
      {problem?.retryAt != null && left > 0 && <Wait at={problem.retryAt} left={left} />}
      <div className="row">
        {isTooLarge || isUnreadable ? (
          <Button look="primary" icon="image" busy={work.isPreparing} onClick={() => work.readShrunk(picture.blob)}>
            {isTooLarge ? t.digits.faults.shrink : t.digits.faults.convert}
          </Button>
        ) : (
          <Button look="primary" icon="digits" disabled={left > 0} onClick={() => work.read(picture)}>
            {t.common.retry}
          </Button>
        )}
        <Button onClick={work.discard}>{t.digits.discard}</Button>
      </div>
    </>
  );
}

/** A longer wait is told by the clock on the wall. */
const COUNTED_SECONDS = 600;
const DAY_SECONDS = 20 * 3600;

function Wait({ at, left }: { at: number; left: number }) {
  const t = useText().digits.failed;
  const format = useFormat();
  const when = new Date(at);
  if (left > DAY_SECONDS) return <p className="soft">{t.onDay(format.moment(when.toISOString()))}</p>;
  if (left > COUNTED_SECONDS) return <p className="soft">{t.atTime(format.time(when))}</p>;
  return (
    <p className="soft n" role="timer">
      {t.inTime(clock(left))}
    </p>
  );
}

function useSecondsTo(at: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (at === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [at]);
  return at === null ? 0 : Math.max(0, Math.ceil((at - now) / 1000));
}
