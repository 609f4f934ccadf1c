import type { AccountSummary } from "../../api/accountSummary";
import type { PathRow } from "../../api/forecasts";
import { Kpi } from "../../components/Card";
import { UNKNOWN } from "../../format/numbers";
import { dayOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { ChangeDelta } from "../accounts/cells";
import { indexOf, type Timeline } from "./timeline";

interface Props {
  timeline: Timeline;
  summary: AccountSummary | null | undefined;
  /** The forecast at the horizon. */
  end: PathRow | undefined;
  /** Why there is no forecast. */
  reason: string;
}

export function Indicators({ timeline, summary, end, reason }: Props) {
  const t = useText();
  const f = useFormat();
  const { unfinished, until, history } = timeline;
  const now = unfinished?.value ?? history[indexOf(timeline, until)];
  const interval = end?.intervals.find(({ level }) => level === 80);
  const date = f.shortDay(dayOf(until));
  return (
    <section className="card kpi-strip" aria-label={t.account.indicators}>
      <dl className="kpis">
        <Kpi
          label={t.account.followers}
          value={f.number(now)}
          note={unfinished ? t.account.soFarOn(date) : t.account.endOf(date)}
        />
        <ChangeKpi days={7} change={summary?.change_7} />
        <ChangeKpi days={28} change={summary?.change_28} />
        <Kpi
          label={end ? t.account.expectedOn(f.day(end.fecha)) : t.account.forecast}
          value={end ? f.number(end.prediction) : UNKNOWN}
          note={
            end && interval ? (
              <span className="n">{t.account.interval80(f.number(interval.lower), f.number(interval.upper))}</span>
            ) : (
              reason
            )
          }
        />
      </dl>
    </section>
  );
}

/** A change beside that of the equal period before. */
function ChangeKpi({ days, change }: { days: number; change: AccountSummary["change_7"] | undefined }) {
  const t = useText();
  const f = useFormat();
  const label = t.account.lastDays(days);
  if (!change) return <Kpi label={label} value={UNKNOWN} note={t.account.notReached(days)} />;
  const { change: now, previous } = change;
  return (
    <Kpi
      label={label}
      value={f.signed(now)}
      note={
        <>
          {typeof previous === "number" && <ChangeDelta change={now} previous={previous} />}
          <span className="nowrap">
            {typeof previous === "number" ? t.account.versus(f.signed(previous)) : t.account.noVersus}
          </span>
        </>
      }
    />
  );
}
