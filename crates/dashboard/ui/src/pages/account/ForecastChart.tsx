import { useCallback, type Ref } from "react";
import type { View } from "../../charts/geometry";
import { Legend, type Swatch } from "../../charts/Legend";
import { Plot, type PlotHandle } from "../../charts/Plot";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { AxisNote } from "./AxisNote";
import { describe } from "./describe";
import type { Marks } from "./marks";
import { Switches } from "./Switches";
import { boundsOf, type Timeline } from "./timeline";
import type { Chart } from "./useDrawing";
import { LAYERS, type AccountView, type ChangeView, type Layer } from "./view";

const SWATCHES: Record<Layer, Swatch> = {
  forecast: { as: "line", className: "k-forecast" },
  band80: { as: "box", className: "k-b80" },
  band95: { as: "box", className: "k-b95" },
  baseline: { as: "line", className: "k-base", dash: "5 4" },
  goal: { as: "line", className: "k-goal", dash: "6 3" },
  unusual: { as: "ring", className: "k-bad" },
  events: { as: "diamond", className: "k-event" },
  holidays: { as: "triangle", className: "k-hol" },
  shifts: { as: "line", className: "k-shift", dash: "4 3" },
};

interface Props {
  name: string;
  timeline: Timeline;
  marks: Marks;
  chart: Chart;
  settings: AccountView;
  onChange: ChangeView;
  onZoom: (view: View | null) => void;
  isZoomed: boolean;
  plot: Ref<PlotHandle>;
}

export function ForecastChart({ name, timeline, marks, chart, settings, onChange, onZoom, isZoomed, plot }: Props) {
  const t = useText();
  const f = useFormat();
  const { drawing, comparison, index } = chart;
  const say = useCallback(
    (at: number) => describe(at, { timeline, marks, comparison, index, t, f }),
    [timeline, marks, comparison, index, t, f],
  );
  const layers = LAYERS.filter((layer) => chart.drawn.has(layer));
  const toggle = (layer: Layer) => {
    const off = new Set(settings.off);
    if (!off.delete(layer)) off.add(layer);
    onChange({ off });
  };
  return (
    <div className="card-body chart-body">
      <Legend
        label={t.charts.layers}
        fixed={[
          { key: "history", text: t.account.observedWord, swatch: { as: "line", className: "k-history" } },
          ...(comparison
            ? [
                {
                  key: "before",
                  text: t.account.periodBefore,
                  swatch: { as: "line", className: "k-before", dash: "2 4" },
                } as const,
              ]
            : []),
        ]}
        entries={layers.map((key) => ({
          key,
          text: t.account.layers[key],
          title: key === "baseline" ? t.account.baselineWhy : undefined,
          swatch: SWATCHES[key],
        }))}
        off={settings.off}
        onToggle={toggle}
      />
      <Switches settings={settings} onChange={onChange} />
      <Plot
        ref={plot}
        label={t.account.chartLabel(name)}
        drawing={drawing}
        bounds={boundsOf(timeline)}
        onZoom={onZoom}
        describe={say}
      />
      <AxisNote
        timeline={timeline}
        chart={chart}
        settings={settings}
        onChange={onChange}
        onResetZoom={isZoomed ? () => onZoom(null) : undefined}
      />
    </div>
  );
}
