import { Skeleton } from "../../components/States";
import { Failure } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { AccountsTable } from "../accounts/AccountsTable";
import { Filters } from "../accounts/Filters";
import { useAccountsList } from "../accounts/list";
import { AttentionCard } from "./AttentionCard";
import { FirstSteps } from "./FirstSteps";
import { firstStepOf } from "./firstStep";
import { GrowthCard } from "./GrowthCard";
import { TotalsRow } from "./TotalsRow";
import { useNow } from "./useNow";
import "../../styles/screen-overview.css";

const ROWS = 20;

export default function Overview() {
  const t = useText();
  const list = useAccountsList(ROWS);
  const { data, isError, error, refetch } = list.query;
  usePageTitle(t.nav.overview);
  const step = data && !list.isFiltered ? firstStepOf(data) : null;
  if (step !== null) return <FirstSteps step={step} row={data?.accounts[0]} />;
  return (
    <>
      <Head />
      {!data && isError ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          {data ? <TotalsRow totals={data.totals} /> : <Skeleton className="skel-totals" />}
          <div className="over">
            <AttentionCard totals={data?.totals} />
            <GrowthCard />
            <section className="card over-full" aria-labelledby="accounts-title">
              <div className="card-head">
                <h2 id="accounts-title">{t.accounts.title}</h2>
                <Filters list={list} />
              </div>
              <AccountsTable list={list} />
            </section>
          </div>
        </>
      )}
    </>
  );
}

function Head() {
  const t = useText();
  const format = useFormat();
  const now = useNow();
  return (
    <header className="page-head">
      <div className="grow">
        <h1>{t.nav.overview}</h1>
        <p className="sub">
          <time dateTime={now.toISOString()}>{format.longMoment(now)}</time>
        </p>
      </div>
    </header>
  );
}
