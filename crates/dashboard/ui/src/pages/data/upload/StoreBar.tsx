import { useState } from "react";
import type { Trial } from "../../../api/observations";
import { Button } from "../../../components/Button";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { Storing } from "./ReviewStep";
import { Sending } from "./Sending";
import { StoreFailed } from "./StoreFailed";

interface Props {
  trial: Trial;
  storing: Storing;
  isStale: boolean;
  onOther: () => void;
  onStore: (leavesOut: boolean) => void;
}

/** What a click would store. Lines with errors are left out only by somebody who says so. */
export function StoreBar({ trial, storing, isStale, onOther, onStore }: Props) {
  const t = useText().data.store;
  const format = useFormat();
  const [isAgreed, setAgreed] = useState(false);
  const rows = trial.would_insert + trial.would_update;
  const leavesErrors = trial.errors_total > 0;
  // Columns that are not used are shown as such; the API passes over them where it is told to leave out what is not known.
  const leavesOut = leavesErrors || trial.mapping.some(({ field }) => field === null);
  const canStore = trial.accepted && rows > 0 && (!leavesErrors || isAgreed) && !isStale;
  return (
    <div className="sticky-foot">
      {storing.error && <StoreFailed error={storing.error} />}
      <div className="grow small soft stack-s">
        <Says trial={trial} rows={rows} isAgreed={isAgreed} storing={storing} />
        {trial.accepted && rows > 0 && leavesErrors && (
          <label className="check">
            <input
              type="checkbox"
              checked={isAgreed}
              disabled={storing.isBusy}
              onChange={(event) => setAgreed(event.target.checked)}
            />
            <span>{t.leaveOut(trial.skipped, format.number(trial.skipped))}</span>
          </label>
        )}
      </div>
      <Button onClick={onOther} disabled={storing.isBusy}>
        {t.other}
      </Button>
      {trial.accepted && rows > 0 && (
        <Button look="primary" busy={storing.isBusy} disabled={!canStore} onClick={() => onStore(leavesOut)}>
          {t.store(rows, format.number(rows))}
        </Button>
      )}
    </div>
  );
}

function Says({ trial, rows, isAgreed, storing }: { trial: Trial; rows: number; isAgreed: boolean; storing: Storing }) {
  const t = useText();
  const format = useFormat();
  if (storing.isBusy) return <Sending progress={storing.progress} />;
  if (!trial.accepted) return <p>{t.data.trial.unacceptable}.</p>;
  if (rows === 0) return <p>{trial.errors_total > 0 ? t.data.store.nothingSound : t.data.store.nothing}</p>;
  if (trial.errors_total > 0 && !isAgreed) return <p>{t.data.store.allOrNothing}</p>;
  const stored = t.data.store.willStore(rows, format.number(rows));
  const left = trial.skipped > 0 ? t.data.store.willLeave(trial.skipped, format.number(trial.skipped)) : "";
  return (
    <p>
      {stored} {left}
    </p>
  );
}
