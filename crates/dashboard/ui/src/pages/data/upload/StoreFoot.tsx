import { useState } from "react";
import { Button } from "../../../components/Button";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { Storing } from "./ReviewStep";
import { Sending } from "./Sending";
import { StoreFailed } from "./StoreFailed";

interface Props {
  /** How many rows a click stores. */
  rows: number;
  /** How many rows it leaves out. */
  skipped: number;
  /** Whether rows break a rule: these are left out only by somebody who says so. */
  hasErrors: boolean;
  /** Why nothing can be stored; null where something can. */
  hindrance: string | null;
  storing: Storing;
  /** Whether what is shown is of other options than those that are chosen by now. */
  isStale: boolean;
  onOther: () => void;
  onStore: () => void;
}

/** What a click stores of a file that was tried out. */
export function StoreFoot({ rows, skipped, hasErrors, hindrance, storing, isStale, onOther, onStore }: Props) {
  const t = useText().data.store;
  const format = useFormat();
  const [isAgreed, setAgreed] = useState(false);
  const isOffered = hindrance === null;
  const left = skipped > 0 ? t.willLeave(skipped, format.number(skipped)) : "";
  const says =
    hindrance ?? (hasErrors && !isAgreed ? t.allOrNothing : `${t.willStore(rows, format.number(rows))} ${left}`);
  return (
    <div className="sticky-foot">
      {storing.error && <StoreFailed error={storing.error} />}
      <div className="grow small soft stack-s">
        {storing.isBusy ? <Sending progress={storing.progress} /> : <p>{says}</p>}
        {isOffered && hasErrors && (
          <label className="check">
            <input
              type="checkbox"
              checked={isAgreed}
              disabled={storing.isBusy}
              onChange={(event) => setAgreed(event.target.checked)}
            />
            <span>{t.leaveOut(skipped, format.number(skipped))}</span>
          </label>
        )}
      </div>
      <Button onClick={onOther} disabled={storing.isBusy}>
        {t.other}
      </Button>
      {isOffered && (
        <Button look="primary" busy={storing.isBusy} disabled={isStale || (hasErrors && !isAgreed)} onClick={onStore}>
          {t.store(rows, format.number(rows))}
        </Button>
      )}
    </div>
  );
}
