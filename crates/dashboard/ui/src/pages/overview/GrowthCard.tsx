import { useMemo, useState } from "react";
import { useDaysOf, useOverview } from "../../api/overview";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Segmented } from "../../components/Segmented";
import { Empty, Failure, Skeleton } from "../../components/States";
import { useUrlState } from "../../components/useUrlState";
import { addDays, dayIn } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { ChooseAccounts } from "./ChooseAccounts";
import { daysFrom, indexed, lastDay } from "./growth";
import { GrowthChart, MOST } from "./GrowthChart";
import { GrowthTable } from "./GrowthTable";
import { useNow } from "./useNow";

type Period = "90" | "180" | "365";
const PERIODS: readonly Period[] = ["90", "180", "365"];

/** How accounts grew beside each other. Which ones and since when is in the address. */
export function GrowthCard() {
  const t = useText();
  const [chosen, setChosen] = useUrlState<string>("compare", "");
  const [period, setPeriod] = useUrlState<Period>("days", "90");
  const [isChoosing, setChoosing] = useState(false);
  const days = PERIODS.includes(period) ? Number(period) : 90;
  const handles = useCompared(chosen);
  const actions = (
    <div className="row">
      <Segmented
        label={t.overview.period}
        value={PERIODS.find((one) => Number(one) === days) ?? "90"}
        onChange={setPeriod}
        options={PERIODS.map((value) => ({ value, text: t.overview.days(Number(value)) }))}
      />
      <Button small onClick={() => setChoosing(true)}>
        {t.overview.choose}
      </Button>
    </div>
  );
  return (
    <>
      {handles ? (
        <Compared handles={handles} days={days} actions={actions} />
      ) : (
        <Card title={t.overview.growth} note={"\u00a0"} actions={actions} className="growth">
          <Skeleton className="skel-growth" />
        </Card>
      )}
      {isChoosing && handles && (
        <ChooseAccounts
          chosen={handles}
          onChoose={(next) => setChosen(next.join(","))}
          onClose={() => setChoosing(false)}
        />
      )}
    </>
  );
}

/** Those that the address names, else the largest ones. */
function useCompared(chosen: string): readonly string[] | null {
  const largest = useOverview({ sort: "followers", order: "desc", limit: MOST });
  return useMemo(() => {
    const named = chosen.split(",").filter(Boolean);
    if (named.length > 0) return [...new Set(named)].slice(0, MOST);
    return largest.data?.accounts.filter((row) => row.seguidores !== null).map((row) => row.cuenta) ?? null;
  }, [chosen, largest.data]);
}

interface Props {
  handles: readonly string[];
  days: number;
  actions: React.ReactNode;
}

function Compared({ handles, days, actions }: Props) {
  const t = useText();
  const format = useFormat();
  const from = addDays(dayIn(useNow(), format.zone), -days);
  const queries = useDaysOf(handles, from);
  const isPending = queries.some((query) => query.isPending);
  const failed = queries.find((query) => query.isError && query.data === undefined);
  const read = queries.map((query) => query.data?.days);
  const key = queries.map((query) => query.dataUpdatedAt).join();
  const chart = useMemo(() => {
    const known = handles.map((handle, at) => ({ handle, readings: read[at] ?? [] }));
    const last = lastDay(known.map((account) => account.readings));
    const all = daysFrom(from, last ?? from);
    const lines = known.map(({ handle, readings }) => ({ handle, values: indexed(readings, all) }));
    return {
      days: all,
      accounts: lines.flatMap(({ handle, values }) => (values ? [{ handle, values }] : [])),
      leftOut: lines.flatMap(({ handle, values }) => (values ? [] : [handle])),
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what was read changes with `key` only
  }, [handles, from, key]);

  return (
    <Card title={t.overview.growth} note={t.overview.growthNote(format.day(from))} actions={actions} className="growth">
      {failed && !isPending ? (
        <Failure error={failed.error} onRetry={() => queries.forEach((query) => void query.refetch())} />
      ) : isPending ? (
        <Skeleton className="skel-growth" />
      ) : chart.accounts.length === 0 ? (
        <Empty title={t.overview.growthNone}>
          <p>{t.overview.growthNoneNext}</p>
        </Empty>
      ) : (
        <>
          <GrowthChart days={chart.days} accounts={chart.accounts} />
          <GrowthTable days={chart.days} accounts={chart.accounts} />
          {chart.leftOut.length > 0 && (
            <p className="axis-note">{t.overview.leftOut(chart.leftOut.join(", "), format.day(from))}</p>
          )}
        </>
      )}
    </Card>
  );
}
