import { useMemo } from "react";
import type { Drawing, Line } from "../../charts/drawing";
import { extent, padded, type Values, type View } from "../../charts/geometry";
import { dayNumber } from "../../format/dates";
import type { Format } from "../../format/useFormat";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Goal } from "../../api/goal";
import { drawBands, drawGround, drawMarks, type Scene } from "./layers";
import { drawnLayers } from "./legend";
import type { Marks } from "./marks";
import { comparisonOf, firstSeen, scaled, type Comparison, type Timeline } from "./timeline";
import type { AccountView, Layer } from "./view";

interface Input {
  timeline: Timeline;
  view: View;
  settings: AccountView;
  marks: Marks;
  goal: number | null;
  goalDates: Goal["dates"] | null;
}

export interface Chart {
  drawing: Drawing;
  comparison: Comparison | null;
  /** What makes the first value in view 100; null where the chart shows followers. */
  index: number | null;
  /** The same for the period before, which starts from 100 of its own. */
  indexBefore: number | null;
  /** Layers that have something to draw in view. */
  drawn: ReadonlySet<Layer>;
}

const heightFor = (width: number) =>
  width < 560 ? 320 : Math.round(Math.min(560, Math.max(380, window.innerHeight * 0.46)));

/** All of the forecast chart. */
export function useDrawing({ timeline, view, settings, marks, goal, goalDates }: Input): Chart {
  const t = useText();
  const f = useFormat();
  return useMemo(() => {
    const isOn = (layer: Layer) => !settings.off.has(layer);
    const comparison = settings.isCompared ? comparisonOf(timeline, view) : null;
    const factorFor = (values: Values, days: View) => {
      const first = firstSeen(timeline.days, values, days);
      return settings.isIndexed && first ? 100 / first : 1;
    };
    const factor = factorFor(timeline.history, view);
    const factorBefore = comparison && factorFor(comparison.values, view);
    const compared = comparison && scaled(comparison.values, factorBefore ?? 1);
    const lines = linesOf(timeline, factor, compared, isOn);
    const write = (value: number) => (settings.isIndexed ? f.number(value * factor, 2) : f.number(value));
    const chosen = settings.day === null ? null : dayNumber(settings.day);
    const scene: Scene = { timeline, view, marks, factor, isOn, goal, goalDates, chosen, write, t, f };
    const drawing: Drawing = {
      language: f.language,
      days: timeline.days,
      lines,
      view,
      rangeOf: () => rangeOf(scene, lines, settings.isFromZero),
      formatValue: (value, step) => axisLabel(f, value, step, settings),
      heightFor,
      ground: (brush) => drawGround(brush, scene),
      below: (brush) => drawBands(brush, scene),
      above: (brush) => drawMarks(brush, scene),
    };
    const [index, indexBefore] = settings.isIndexed ? [factor, factorBefore] : [null, null];
    return { drawing, comparison, index, indexBefore, drawn: drawnLayers(scene) };
  }, [timeline, view, settings, marks, goal, goalDates, t, f]);
}

function linesOf(timeline: Timeline, factor: number, compared: Values | null, isOn: (layer: Layer) => boolean): Line[] {
  const lines: Line[] = [];
  if (compared) lines.push({ key: "before", values: compared, color: "ink-3", width: 1.5, dash: [2, 4] });
  if (isOn("baseline") && timeline.firstForecast !== null) {
    const values = scaled(timeline.baseline, factor);
    lines.push({ key: "baseline", values, color: "c-base", width: 1.5, dash: [5, 5] });
  }
  lines.push({ key: "history", values: scaled(timeline.history, factor), color: "c-history" });
  if (isOn("forecast") && timeline.firstForecast !== null) {
    lines.push({ key: "forecast", values: scaled(timeline.forecast, factor), color: "c-forecast", width: 2.25 });
  }
  return lines;
}

function rangeOf(scene: Scene, lines: readonly Line[], fromZero: boolean): [number, number] {
  const { timeline, view, factor, isOn, goal } = scene;
  const { band80, band95, unfinished } = timeline;
  const values: Values[] = lines.map((line) => line.values);
  if (isOn("band80")) values.push(scaled(band80.lower, factor), scaled(band80.upper, factor));
  if (isOn("band95")) values.push(scaled(band95.lower, factor), scaled(band95.upper, factor));
  if (unfinished) values.push(timeline.days.map((day) => (day === unfinished.day ? unfinished.value * factor : null)));
  let [least, greatest] = extent(timeline.days, values, view) ?? [0, 1];
  // A goal that is near is shown; one that is far would press the history flat, and is told at the edge.
  const span = greatest - least || Math.abs(greatest) * 0.01;
  const line = goal === null || !isOn("goal") ? null : goal * factor;
  if (line !== null && line > least - span && line < greatest + span * 0.35) {
    [least, greatest] = [Math.min(least, line), Math.max(greatest, line)];
  }
  // The words above the end of the forecast need room.
  const room =
    timeline.firstForecast === null || view[1] <= timeline.until ? 0 : (greatest - (fromZero ? 0 : least)) * 0.08;
  return padded([least, greatest + room], fromZero);
}

/** A label is shortened only as far as neighbouring ones still differ. */
function axisLabel(f: Format, value: number, step: number, { isIndexed, isCompact }: AccountView): string {
  if (isIndexed) return f.number(value, step >= 1 ? 0 : step >= 0.1 ? 1 : 2);
  const unit = Math.abs(value) >= 1e6 ? 1e6 : 1e3;
  return isCompact && step >= unit / 10 ? f.compact(value) : f.number(value, Number.isInteger(step) ? 0 : 1);
}
