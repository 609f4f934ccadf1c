import type { OverviewRow } from "../../api/overview";
import { Badge, Delta, type Tone } from "../../components/Badge";
import type { IconName } from "../../components/Icon";
import { UNKNOWN } from "../../format/numbers";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { shareOfChange } from "./growth";

function Unknown({ why }: { why: string }) {
  return (
    <>
      <span className="muted">{UNKNOWN}</span>
      <span className="sub-line">{why}</span>
    </>
  );
}

export function Followers({ row }: { row: OverviewRow }) {
  const t = useText();
  const format = useFormat();
  return row.seguidores === null ? <Unknown why={t.accounts.noData} /> : format.number(row.seguidores);
}

/** The sign tells the change; the colour only whether it is quicker or slower than in the equal period before. */
export function Change({ change }: { change: OverviewRow["change_7"] }) {
  const t = useText();
  const format = useFormat();
  if (!change) return <Unknown why={t.accounts.noChange} />;
  return (
    <>
      <span className="n">{format.signed(change.change)}</span>
      <span className="sub-line n">
        {change.previous === null ? (
          t.accounts.noPrevious
        ) : (
          <>
            <ChangeDelta change={change.change} previous={change.previous} />{" "}
            {t.accounts.versus(format.signed(change.previous))}
          </>
        )}
      </span>
    </>
  );
}

/** By how much a change differs from the one before: as a share, or as a difference where a share would mislead. */
export function ChangeDelta({ change, previous }: { change: number; previous: number }) {
  const format = useFormat();
  const share = shareOfChange({ change, previous });
  if (share === null) return <Delta value={change - previous}>{format.signed(change - previous)}</Delta>;
  // What is written as nought is shown as nought.
  return <Delta value={Math.round(share * 100)}>{format.signedShare(share, 0)}</Delta>;
}

export function Forecast({ row }: { row: OverviewRow }) {
  const t = useText();
  const format = useFormat();
  const forecast = row.forecast_30;
  if (!forecast) {
    const why = row.model.state === "untrained" ? t.accounts.noModel : t.accounts.noForecast;
    return <Unknown why={row.days_needed ? t.accounts.daysNeeded(row.days_needed) : why} />;
  }
  const now = forecast.prediction - forecast.expected_change;
  return (
    <>
      <span className="n strong">{format.number(forecast.prediction)}</span>{" "}
      <span className="muted small n">
        {now > 0 ? format.signedShare(forecast.expected_change / now) : format.signed(forecast.expected_change)}
      </span>
      <span className="sub-line n">
        {t.accounts.range(format.number(forecast.lower), format.number(forecast.upper))}
      </span>
    </>
  );
}

export function DataAge({ row }: { row: OverviewRow }) {
  const t = useText();
  const format = useFormat();
  if (row.data_until === null) return <span className="muted">{t.accounts.noData}</span>;
  const isStale = row.attention.some((item) => item.code === "DATA_STALE");
  const age = <time dateTime={row.data_until}>{format.ago(row.data_until)}</time>;
  if (isStale) {
    return (
      <Badge tone="warn" icon="clock">
        {age}
      </Badge>
    );
  }
  return <span className="soft n nowrap">{age}</span>;
}

const LOOKS: Record<OverviewRow["model"]["state"], { tone: Tone; icon: IconName }> = {
  current: { tone: "ok", icon: "check" },
  stale: { tone: "warn", icon: "clock" },
  baseline: { tone: "warn", icon: "base" },
  untrained: { tone: "neutral", icon: "train" },
};

export function ModelState({ model }: { model: OverviewRow["model"] }) {
  const t = useText();
  return (
    <>
      <Badge {...LOOKS[model.state]}>{t.accounts.states[model.state]}</Badge>
      {model.version !== null && <span className="sub-line n ver">{t.accounts.version(String(model.version))}</span>}
    </>
  );
}
