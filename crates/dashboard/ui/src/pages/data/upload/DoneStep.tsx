import { useState } from "react";
import { Link } from "wouter";
import { useAccountSummary } from "../../../api/accountSummary";
import type { Stored } from "../../../api/observations";
import { Note } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { may } from "../../../session/rights";
import { useWho } from "../../../session/useSession";
import { TrainButton } from "../../model/TrainButton";
import { useTraining } from "../../model/TrainingProvider";
import { accountPath } from "../../../shell/navigation";

/** What was stored, and what to do with it: the card follows the training that comes next. */
export function DoneStep({ handle, stored, onAnother }: { handle: string; stored: Stored; onAnother: () => void }) {
  const t = useText().data.done;
  const format = useFormat();
  const canTrain = may(useWho().rol, "manage");
  const { jobOf, endingOf } = useTraining();
  // A training that ended before these rows were stored does not know them.
  const [before] = useState(() => endingOf(handle));
  const job = jobOf(handle);
  const latest = endingOf(handle);
  const ending = job || latest === before ? undefined : latest;
  const isReady = ending?.state === "succeeded";
  const { inserted, updated, unchanged, skipped = 0 } = stored;
  const rows = inserted + updated;
  const offersTraining = rows > 0 && canTrain && !isReady && !job;
  return (
    <section className="card card-body stack">
      <div className="row-tight">
        <Icon name="check" className="ok-ink" />
        <h2>{isReady ? t.ready : rows > 0 ? t.title(rows, format.number(rows)) : t.nothing}</h2>
      </div>
      <p className="soft">
        {t.counts(format.number(inserted), format.number(updated), format.number(unchanged))}{" "}
        {skipped !== null && skipped > 0 && t.leftOut(skipped, format.number(skipped))}
      </p>
      <div aria-live="polite" className="stack-s">
        {ending && !isReady && (
          <Note tone="bad" icon="alert">
            {ending.state === "cancelled" ? t.cancelled : (ending.error?.detail ?? t.failed)}
          </Note>
        )}
        {isReady ? (
          <p className="soft">{t.readyNote}</p>
        ) : job ? (
          <p className="soft">{t.training}</p>
        ) : (
          rows > 0 && <NextStep handle={handle} canTrain={canTrain} />
        )}
      </div>
      <div className="row">
        {offersTraining && <TrainButton handle={handle} look="primary" />}
        <Link className={offersTraining ? "btn" : "btn btn-primary"} href={accountPath(handle)}>
          {isReady ? t.toChart : t.toAccount}
        </Link>
        <Button onClick={onAnother}>{t.another}</Button>
      </div>
    </section>
  );
}

/** What helps next; nothing is said until it is known whether a model serves already. */
function NextStep({ handle, canTrain }: { handle: string; canTrain: boolean }) {
  const t = useText().data.done;
  const { data } = useAccountSummary(handle);
  if (!data) return null;
  const missing = data.days_needed ?? 0;
  const says =
    data.model.state !== "untrained"
      ? canTrain
        ? t.train
        : t.trainOther
      : missing > 0
        ? t.tooFew(missing)
        : canTrain
          ? t.trainFirst
          : t.trainFirstOther;
  return <p className="soft">{says}</p>;
}
