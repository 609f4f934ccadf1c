import type { ReactNode } from "react";
import { Link } from "wouter";
import type { AccountSummary } from "../../api/accountSummary";
import { Icon } from "../../components/Icon";
import { Empty } from "../../components/States";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { accountPath } from "../../shell/navigation";

/** Data and no model: what is missing, and who can do something about it. */
export function NoForecast({
  handle,
  summary,
  children,
}: {
  handle: string;
  summary: AccountSummary | null | undefined;
  /** The button that trains, for whoever may. */
  children?: ReactNode;
}) {
  const t = useText();
  const { rol } = useWho();
  const missing = summary?.days_needed ?? null;
  return (
    <section className="card">
      <Empty title={t.account.untrainedTitle}>
        {summary && missing !== null && missing > 0 ? (
          <>
            <p>{t.account.tooLittle(summary.observations_days ?? 0, missing)}</p>
            {may(rol, "write-data") ? <Upload handle={handle} /> : <p>{t.account.tooLittleAsk}</p>}
          </>
        ) : (
          <>
            <p>{may(rol, "manage") ? t.account.untrainedTrain : t.account.untrainedAsk}</p>
            {children}
          </>
        )}
      </Empty>
    </section>
  );
}

/** Nothing was ever observed. */
export function NoData({ handle }: { handle: string }) {
  const t = useText();
  const { rol } = useWho();
  const isWriter = may(rol, "write-data");
  return (
    <section className="card">
      <Empty title={t.account.emptyTitle}>
        <p>{isWriter ? t.account.emptyWrite : t.account.emptyAsk}</p>
        {isWriter && <Upload handle={handle} />}
      </Empty>
    </section>
  );
}

function Upload({ handle }: { handle: string }) {
  const t = useText();
  return (
    <Link className="btn btn-primary" href={accountPath(handle, "data")}>
      <Icon name="data" />
      {t.account.upload}
    </Link>
  );
}
