import type { View } from "../../charts/geometry";
import type { LegendEntry } from "../../charts/picture";
import type { Dictionary } from "../../i18n/es";
import type { Marks } from "./marks";
import { comparisonOf, type Timeline } from "./timeline";
import { LAYERS, type AccountView, type Layer } from "./view";

interface Drawn {
  timeline: Timeline;
  view: View;
  marks: Marks;
  goal: number | null;
}

/** Layers that have something to draw in view: a legend lists no other ones. */
export function drawnLayers({ timeline, view, marks, goal }: Drawn): ReadonlySet<Layer> {
  const drawn = new Set<Layer>();
  const { firstForecast } = timeline;
  const inView = (days: Iterable<number>) => [...days].some((day) => day >= view[0] && day <= view[1]);
  if (firstForecast !== null) {
    if (firstForecast <= view[1])
      for (const layer of ["forecast", "band80", "band95", "baseline"] as const) drawn.add(layer);
    if (goal !== null) drawn.add("goal");
  }
  if (inView(marks.anomalies.keys()) || inView(marks.outliers.keys())) drawn.add("unusual");
  if (inView(marks.events.keys())) drawn.add("events");
  if (inView(marks.holidays.keys())) drawn.add("holidays");
  if (inView(marks.shifts.keys())) drawn.add("shifts");
  return drawn;
}

const KEYS: Record<Layer, Omit<LegendEntry, "text">> = {
  forecast: { as: "line", color: "c-forecast" },
  band80: { as: "box", color: "c-band80" },
  band95: { as: "box", color: "c-band95" },
  baseline: { as: "dashed", color: "c-base" },
  goal: { as: "dashed", color: "goal" },
  unusual: { as: "ring", color: "bad" },
  events: { as: "diamond", color: "accent" },
  holidays: { as: "triangle", color: "warn" },
  shifts: { as: "dashed", color: "warn" },
};

/** What the picture of the chart shows, the observed line first. */
export function pictureLegend(chart: Drawn, { off, isCompared }: AccountView, t: Dictionary): LegendEntry[] {
  const drawn = drawnLayers(chart);
  const comparison = isCompared ? comparisonOf(chart.timeline, chart.view) : null;
  return [
    { text: t.account.observedWord, as: "line", color: "c-history" },
    ...(comparison ? [{ text: t.account.periodBefore, as: "dashed", color: "ink-3" } as const] : []),
    ...LAYERS.filter((layer) => drawn.has(layer) && !off.has(layer)).map((layer) => ({
      text: t.account.layers[layer],
      ...KEYS[layer],
    })),
  ];
}
