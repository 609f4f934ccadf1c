import { useState } from "react";
import type { ImportAnswer } from "../../../api/imports";
import { Button } from "../../../components/Button";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { Storing } from "../../data/upload/ReviewStep";
import { Sending } from "../../data/upload/Sending";
import { StoreFailed } from "../../data/upload/StoreFailed";

interface Props {
  answer: ImportAnswer;
  storing: Storing;
  isStale: boolean;
  onOther: () => void;
  onStore: (leavesOut: boolean) => void;
}

/** What a click would import. Rows with errors are left out only by somebody who says so. */
export function ImportBar({ answer, storing, isStale, onOther, onStore }: Props) {
  const t = useText().data.store;
  const format = useFormat();
  const [isAgreed, setAgreed] = useState(false);
  const rows = answer.created + answer.changed;
  const hasErrors = answer.errors_total > 0;
  const isOffered = answer.accepted && rows > 0;
  return (
    <div className="sticky-foot">
      {storing.error && <StoreFailed error={storing.error} />}
      <div className="grow small soft stack-s">
        {storing.isBusy ? (
          <Sending progress={storing.progress} />
        ) : (
          <Says answer={answer} rows={rows} isAgreed={isAgreed} />
        )}
        {isOffered && hasErrors && (
          <label className="check">
            <input
              type="checkbox"
              checked={isAgreed}
              disabled={storing.isBusy}
              onChange={(event) => setAgreed(event.target.checked)}
            />
            <span>{t.leaveOut(answer.skipped, format.number(answer.skipped))}</span>
          </label>
        )}
      </div>
      <Button onClick={onOther} disabled={storing.isBusy}>
        {t.other}
      </Button>
      {isOffered && (
        <Button
          look="primary"
          busy={storing.isBusy}
          disabled={isStale || (hasErrors && !isAgreed)}
          onClick={() => onStore(hasErrors)}
        >
          {t.store(rows, format.number(rows))}
        </Button>
      )}
    </div>
  );
}

function Says({ answer, rows, isAgreed }: { answer: ImportAnswer; rows: number; isAgreed: boolean }) {
  const t = useText();
  const format = useFormat();
  const { needs, accepted, total, skipped, errors_total } = answer;
  if (needs) return <p>{t.imports.answerFirst}</p>;
  if (!accepted) return <p>{t.data.trial.unacceptable}.</p>;
  if (total === 0) return <p>{t.data.trial.noRows}</p>;
  if (skipped >= total) return <p>{t.data.trial.noSoundRow}</p>;
  if (rows === 0) return <p>{errors_total > 0 ? t.data.store.nothingSound : t.data.store.nothing}</p>;
  if (errors_total > 0 && !isAgreed) return <p>{t.data.store.allOrNothing}</p>;
  const stored = t.data.store.willStore(rows, format.number(rows));
  const left = skipped > 0 ? t.data.store.willLeave(skipped, format.number(skipped)) : "";
  return (
    <p>
      {stored} {left}
    </p>
  );
}
