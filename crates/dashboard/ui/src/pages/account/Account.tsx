import "../../styles/screen-account.css";
import { useAccountSummary } from "../../api/accountSummary";
import { useDaily } from "../../api/daily";
import { isUntrained, usePath } from "../../api/forecasts";
import { Failure, Skeleton } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { AccountZoneContext } from "../../session/zone";
import { useHandle } from "../../shell/useHandle";
import { AccountBody } from "./AccountBody";
import { Head } from "./Head";
import { NoData } from "./NoForecast";

export default function Account() {
  const handle = useHandle();
  // Nothing of one account is kept when another one is opened.
  return <AccountScreen key={handle} handle={handle} />;
}

function AccountScreen({ handle }: { handle: string }) {
  const t = useText();
  const summary = useAccountSummary(handle);
  const daily = useDaily(handle);
  const path = usePath(handle);
  const name = summary.data?.nombre ?? handle;
  usePageTitle(`${name} · ${t.nav.accounts}`);

  const trained = path.data ?? (isUntrained(path.error) ? null : undefined);
  const days = daily.data;
  if (!days || days.days.length === 0) {
    return (
      <>
        <Head
          handle={handle}
          name={name}
          daily={days}
          path={undefined}
          summary={summary.data}
          actions={null}
          isUnreadable={daily.isError}
        />
        {daily.isError ? (
          <section className="card">
            <Failure error={daily.error} onRetry={() => void daily.refetch()} />
          </section>
        ) : days ? (
          <NoData handle={handle} />
        ) : (
          <AccountSkeleton />
        )}
      </>
    );
  }
  return (
    <AccountZoneContext value={days.zona_horaria}>
      <AccountBody
        handle={handle}
        name={name}
        daily={days}
        summary={summary.data}
        path={trained}
        failure={
          path.isError && trained === undefined ? (
            <Failure error={path.error} onRetry={() => void path.refetch()} />
          ) : null
        }
      />
    </AccountZoneContext>
  );
}

function AccountSkeleton() {
  return (
    <>
      <Skeleton className="skel-indicators" />
      <div className="acct">
        <Skeleton className="skel-history" />
        <Skeleton className="skel-history" />
      </div>
    </>
  );
}
