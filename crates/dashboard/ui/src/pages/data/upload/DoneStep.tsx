import { Link } from "wouter";
import type { Stored } from "../../../api/observations";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { may } from "../../../session/rights";
import { useWho } from "../../../session/useSession";
import { TrainButton } from "../../model/TrainButton";
import { accountPath } from "../../../shell/navigation";

/** What was stored, and what to do with it. */
export function DoneStep({ handle, stored, onAnother }: { handle: string; stored: Stored; onAnother: () => void }) {
  const t = useText().data.done;
  const format = useFormat();
  const canTrain = may(useWho().rol, "manage");
  const { inserted, updated, unchanged, skipped = 0 } = stored;
  const rows = inserted + updated;
  return (
    <section className="card card-body stack">
      <div className="row-tight">
        <Icon name="check" className="ok-ink" />
        <h2>{rows > 0 ? t.title(rows, format.number(rows)) : t.nothing}</h2>
      </div>
      <p className="soft">
        {t.counts(format.number(inserted), format.number(updated), format.number(unchanged))}{" "}
        {skipped !== null && skipped > 0 && t.leftOut(skipped, format.number(skipped))}
      </p>
      {rows > 0 && <p className="soft">{canTrain ? t.train : t.trainOther}</p>}
      <div className="row">
        {rows > 0 && <TrainButton handle={handle} look="primary" />}
        <Link className={canTrain && rows > 0 ? "btn" : "btn btn-primary"} href={accountPath(handle)}>
          {t.toAccount}
        </Link>
        <Button onClick={onAnother}>{t.another}</Button>
      </div>
    </section>
  );
}
