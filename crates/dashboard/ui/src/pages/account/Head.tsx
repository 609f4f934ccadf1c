import type { ReactNode } from "react";
import { Link } from "wouter";
import type { AccountSummary } from "../../api/accountSummary";
import type { Daily } from "../../api/daily";
import type { Path } from "../../api/forecasts";
import { ANOMALY_LEVEL } from "../../api/limits";
import { Crumb } from "../../components/Crumb";
import { Badge } from "../../components/Badge";
import { Icon } from "../../components/Icon";
import { placeOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { accountPath } from "../../shell/navigation";

interface Props {
  handle: string;
  name: string;
  daily: Daily | undefined;
  /** Null where no model is trained; undefined while that is not known. */
  path: Path | null | undefined;
  summary: AccountSummary | null | undefined;
  actions: ReactNode;
  /** Nothing of the account can be shown, so that nothing leads to the rest of it. */
  isUnreadable?: boolean;
}

export function Head({ handle, name, daily, path, summary, actions, isUnreadable = false }: Props) {
  const t = useText();
  const f = useFormat();
  const { rol } = useWho();
  const last = daily?.days.at(-1);
  const isOutside = summary?.attention.some(({ code }) => code === "OUTSIDE_INTERVAL") ?? false;
  return (
    <header className="page-head">
      <div className="grow">
        <Crumb label={t.account.path} href="/accounts" list={t.nav.accounts}>
          <bdi aria-current="page">{name}</bdi>
        </Crumb>
        <div className="row">
          <h1>
            <bdi>{name}</bdi>
          </h1>
          <span className="row">
            <ModelBadge path={path} />
            {isOutside && (
              <Badge tone="warn" icon="alert">
                {t.account.outside(f.percent(ANOMALY_LEVEL))}
              </Badge>
            )}
          </span>
        </div>
        <p className="sub">
          {name !== handle && <bdi>{handle}</bdi>}
          {last && daily?.data_until && (
            <>
              {name !== handle && " · "}
              {t.account.dataUntil} <span className="strong">{f.weekDay(last.fecha)}</span> · {f.ago(daily.data_until)}
            </>
          )}
          {daily && daily.zona_horaria !== f.zone && <> · {t.account.ownZone(placeOf(daily.zona_horaria))}</>}
        </p>
      </div>
      {!isUnreadable && (
        <div className="row acct-actions">
          <Link className="btn" href={accountPath(handle, "model")}>
            <Icon name="model" />
            {t.account.toModel}
          </Link>
          {may(rol, "write-data") && (
            <Link className="btn" href={accountPath(handle, "data")}>
              <Icon name="data" />
              {t.account.toData}
            </Link>
          )}
          {actions}
        </div>
      )}
    </header>
  );
}

function ModelBadge({ path }: { path: Path | null | undefined }) {
  const t = useText();
  if (path === undefined) return null;
  if (path === null) return <Badge icon="model">{t.account.noModel}</Badge>;
  const { model_version: version, warnings } = path;
  if (warnings.includes("STALE_MODEL")) {
    return (
      <Badge tone="warn" icon="clock">
        {t.account.modelStale(version)}
      </Badge>
    );
  }
  if (warnings.includes("BASELINE_SERVES")) {
    return (
      <Badge tone="warn" icon="base">
        {t.account.modelBaseline(version)}
      </Badge>
    );
  }
  return (
    <Badge tone="ok" icon="check">
      {t.account.modelCurrent(version)}
    </Badge>
  );
}
