import { useEffect, useMemo, useRef, type ReactNode } from "react";
import type { AccountSummary } from "../../api/accountSummary";
import type { Daily } from "../../api/daily";
import type { Path, PathRow } from "../../api/forecasts";
import { LONGEST_HORIZON } from "../../api/limits";
import type { View } from "../../charts/geometry";
import type { PlotHandle } from "../../charts/Plot";
import { dayNumber, dayOf } from "../../format/dates";
import { useText } from "../../i18n/text";
import { TrainButton } from "../model/TrainButton";
import { ChosenDay } from "./ChosenDay";
import { ChartCard } from "./ChartCard";
import { EventsCard } from "./EventsCard";
import { ExportMenu } from "./ExportMenu";
import { GoalCard } from "./GoalCard";
import { Head } from "./Head";
import { Indicators } from "./Indicators";
import { MarksCard } from "./MarksCard";
import { NoForecast } from "./NoForecast";
import { boundsOf, recentPosts, timelineOf } from "./timeline";
import { useAccountGoal } from "./useAccountGoal";
import { useMarks } from "./useMarks";
import { useSettled } from "./useSettled";
import { useAccountView, type AccountView } from "./view";
import { Warnings } from "./Warnings";
import { WhatIfCard } from "./WhatIfCard";
import { WhyCard } from "./WhyCard";

interface Props {
  handle: string;
  name: string;
  daily: Daily;
  summary: AccountSummary | null | undefined;
  /** Null where no model is trained; undefined while that is not known. */
  path: Path | null | undefined;
  failure: ReactNode;
}

const NO_ROWS: readonly PathRow[] = [];

/** Days on both sides of one that is looked at. */
const AROUND = 21;

export function AccountBody({ handle, name, daily, summary, path, failure }: Props) {
  const t = useText();
  const plot = useRef<PlotHandle>(null);
  const [settings, change] = useAccountView();
  const [horizon, moveHorizon] = useSettled(settings.horizon, (days) => change({ horizon: days, zoom: null }));
  const all = path?.forecast ?? NO_ROWS;
  const rows = useMemo(() => all.filter((row) => row.horizon_days <= horizon), [all, horizon]);
  const timeline = useMemo(() => timelineOf(daily, rows), [daily, rows]);
  const last = daily.days.at(-1);
  const end = all.find((row) => row.horizon_days === settings.horizon) ?? all.at(-1);
  const { marks, found, past, nameOf } = useMarks({ handle, daily, path, timeline, end });
  const goal = useAccountGoal({ handle, path, all, now: last?.seguidores, settings, change });
  const reached = goal.query.data;
  const [first, final] = timeline ? boundsOf(timeline) : [0, 0];
  const led = useRef(false);
  useEffect(() => {
    if (!settings.day || led.current) return;
    led.current = true;
    // The chart is made in the same pass; its place is known after it.
    const day = dayNumber(settings.day);
    setTimeout(() => plot.current?.point(day), 100);
  }, [settings.day]);
  const shown = useMemo<AccountView>(
    () =>
      settings.day && settings.zoom === null
        ? { ...settings, zoom: around(dayNumber(settings.day), [first, final]) }
        : settings,
    [settings, first, final],
  );
  if (!timeline) return null;

  const chosen = settings.day;
  const show = (day: number) => {
    change({ day: dayOf(day), zoom: around(day, [first, final]), tab: "chart", isFromZero: false });
    // The chart is made anew where the table was shown.
    setTimeout(() => plot.current?.point(day), 50);
  };
  const actions = (
    <>
      {path && <TrainButton handle={handle} />}
      <ExportMenu
        handle={handle}
        name={name}
        daily={daily}
        path={path}
        rows={rows}
        timeline={timeline}
        marks={marks}
        goal={path ? goal.goal : null}
        plot={plot}
        settings={settings}
      />
    </>
  );
  return (
    <>
      <Head handle={handle} name={name} daily={daily} path={path} summary={summary} actions={actions} />
      <Indicators
        timeline={timeline}
        summary={summary}
        end={end}
        reason={path === null ? t.account.noForecast : failure ? t.account.forecastFailed : t.common.loading}
      />
      <div className="acct">
        <div className="stack">
          {path === null && (
            <NoForecast handle={handle} summary={summary}>
              <TrainButton handle={handle} />
            </NoForecast>
          )}
          <ChartCard
            name={name}
            timeline={timeline}
            marks={marks}
            settings={shown}
            onChange={(part) => change(part.range !== undefined || part.zoom === null ? { ...part, day: null } : part)}
            above={
              chosen && (
                <ChosenDay
                  day={chosen}
                  timeline={timeline}
                  marks={marks}
                  summary={summary}
                  onClose={() => change({ day: null, zoom: null })}
                />
              )
            }
            horizon={horizon}
            furthest={all.at(-1)?.horizon_days ?? LONGEST_HORIZON}
            onHorizon={moveHorizon}
            goal={path ? goal.goal : null}
            goalDates={path && !reached?.is_reached ? (reached?.dates ?? null) : null}
            plot={plot}
          >
            {failure}
            <Warnings path={path} summary={summary} />
          </ChartCard>
          {path && end && <WhyCard handle={handle} path={path} end={end} nameOf={nameOf} />}
          {past && past.length > 0 && <EventsCard events={past} nameOf={nameOf} onShow={show} />}
        </div>
        {path !== null && (
          <div className="acct-side stack">
            {path && last && (
              <GoalCard state={goal} now={last.seguidores} chartUntil={rows.at(-1)?.fecha} onChange={change} />
            )}
            {path && end && (
              <WhatIfCard
                handle={handle}
                end={end}
                recent={recentPosts(timeline)}
                posts={settings.posts}
                onChange={change}
              />
            )}
            <MarksCard query={found} onShow={show} />
          </div>
        )}
      </div>
    </>
  );
}

const around = (day: number, [first, last]: View): View => [
  Math.max(first, day - AROUND),
  Math.min(last, day + AROUND),
];
