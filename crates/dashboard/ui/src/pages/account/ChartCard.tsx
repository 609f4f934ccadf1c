import { useId, useMemo, useState, type ReactNode, type Ref } from "react";
import type { Goal } from "../../api/goal";
import type { View } from "../../charts/geometry";
import type { PlotHandle } from "../../charts/Plot";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { ChartTools } from "./ChartTools";
import { DaysZone } from "./DaysZone";
import { DayTable } from "./DayTable";
import { ForecastChart } from "./ForecastChart";
import type { Marks } from "./marks";
import { Meaning } from "./Meaning";
import { Switches } from "./Switches";
import { boundsOf, viewOf, type Timeline } from "./timeline";
import { useDrawing } from "./useDrawing";
import { useSettled } from "./useSettled";
import type { AccountView, ChangeView, Range } from "./view";

interface Props {
  name: string;
  timeline: Timeline;
  marks: Marks;
  settings: AccountView;
  onChange: ChangeView;
  horizon: number;
  /** The most days that are forecast. */
  furthest: number;
  onHorizon: (days: number) => void;
  goal: number | null;
  goalDates: Goal["dates"] | null;
  plot: Ref<PlotHandle>;
  /** The day that somebody was led to, above the chart. */
  above?: ReactNode;
  /** Warnings, below the chart. */
  children?: ReactNode;
}

const firstRange = (): Range => (matchMedia("(max-width: 45rem)").matches ? "90" : "365");

export function ChartCard(props: Props) {
  const { name, timeline, marks, settings, onChange, horizon, onHorizon, goal, goalDates, plot, above, children } =
    props;
  const t = useText();
  const id = useId();
  const [zoom, setZoom] = useSettled(settings.zoom, (next: View | null) => onChange({ zoom: next }));
  const [suited] = useState(firstRange);
  const range = settings.range ?? suited;
  const view = useMemo<View>(
    () => clamped(zoom, boundsOf(timeline)) ?? viewOf(timeline, range),
    [zoom, timeline, range],
  );
  const chart = useDrawing({ timeline, view, settings, marks, goal, goalDates });
  const isForecast = timeline.firstForecast !== null;
  const isChart = settings.tab === "chart";

  return (
    <section className="card" aria-labelledby={id}>
      <div className="card-head">
        <div className="grow">
          <h2 id={id}>{isForecast ? t.account.chartTitle : t.account.chartTitleHistory}</h2>
          <DaysZone />
        </div>
        <Tabs id={id} tab={settings.tab} onChange={(tab) => onChange({ tab })} />
      </div>
      <ChartTools
        range={zoom ? null : range}
        onRange={(next) => onChange({ range: next === suited ? null : next, zoom: null })}
        horizon={isForecast ? horizon : null}
        furthest={props.furthest}
        onHorizon={onHorizon}
      />
      {above}
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${settings.tab}`}>
        {isChart ? (
          <ForecastChart
            name={name}
            timeline={timeline}
            marks={marks}
            chart={chart}
            settings={settings}
            onChange={onChange}
            onZoom={setZoom}
            isZoomed={zoom !== null}
            plot={plot}
          />
        ) : (
          <>
            <div className="card-body table-tools">
              <Switches settings={settings} onChange={onChange} />
              <Meaning timeline={timeline} chart={chart} settings={settings} />
            </div>
            <DayTable
              timeline={timeline}
              view={view}
              marks={marks}
              chart={chart}
              goal={chart.drawn.has("goal") && !settings.off.has("goal") ? goal : null}
              goalDates={goalDates}
            />
          </>
        )}
      </div>
      {children}
    </section>
  );
}

/** A zoom of an address may lie outside of what there is. */
function clamped(zoom: View | null, [first, last]: View): View | null {
  if (!zoom) return null;
  const [from, to] = [Math.max(zoom[0], first), Math.min(zoom[1], last)];
  return from < to ? [from, to] : null;
}

type Tab = AccountView["tab"];

function Tabs({ id, tab, onChange }: { id: string; tab: Tab; onChange: (tab: Tab) => void }) {
  const t = useText();
  const tabs = [
    { key: "chart", icon: "account", text: t.account.tabChart },
    { key: "table", icon: "table", text: t.account.tabTable },
  ] as const;
  return (
    <div className="seg" role="tablist" aria-label={t.account.view}>
      {tabs.map(({ key, icon, text }) => (
        <button
          key={key}
          type="button"
          role="tab"
          id={`${id}-${key}`}
          aria-selected={key === tab}
          aria-controls={`${id}-panel`}
          tabIndex={key === tab ? 0 : -1}
          onClick={() => onChange(key)}
          onKeyDown={(event) => {
            if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
            onChange(tab === "chart" ? "table" : "chart");
            const others = event.currentTarget.parentElement?.querySelectorAll("button");
            others?.forEach((button) => button !== event.currentTarget && button.focus());
          }}
        >
          <Icon name={icon} small />
          {text}
        </button>
      ))}
    </div>
  );
}
