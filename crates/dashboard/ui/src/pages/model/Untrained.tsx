import { Link } from "wouter";
import { useAccountSummary } from "../../api/accountSummary";
import { Empty } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { accountPath } from "../../shell/navigation";
import { TrainButton } from "./TrainButton";

/** There is no model: what is missing, and the one thing to do. */
export function Untrained({ handle }: { handle: string }) {
  const t = useText();
  const format = useFormat();
  const { rol } = useWho();
  const missing = useAccountSummary(handle).data?.days_needed ?? null;
  return (
    <div className="card">
      <Empty title={t.model.untrained}>
        {missing ? (
          <>
            <p>{missing === 1 ? t.model.untrainedShortOne : t.model.untrainedShort(format.number(missing))}</p>
            {may(rol, "write-data") && (
              <Link className="btn" href={accountPath(handle, "data")}>
                {t.model.toData}
              </Link>
            )}
          </>
        ) : (
          <>
            <p>{may(rol, "manage") ? t.model.untrainedAdmin : t.model.untrainedOther}</p>
            <TrainButton handle={handle} />
          </>
        )}
      </Empty>
    </div>
  );
}
