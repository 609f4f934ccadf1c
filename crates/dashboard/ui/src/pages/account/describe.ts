import type { Description } from "../../charts/Tip";
import { dayOf } from "../../format/dates";
import type { Format } from "../../format/useFormat";
import type { Dictionary } from "../../i18n/es";
import type { Marks } from "./marks";
import type { Comparison, Timeline } from "./timeline";

interface Subject {
  timeline: Timeline;
  marks: Marks;
  comparison: Comparison | null;
  /** What makes the first value in view 100; null where the chart shows followers. */
  index: number | null;
  t: Dictionary;
  f: Format;
}

/** What is unusual about a day, in words. */
export function reasonsOf(day: number, { marks, t, f }: Pick<Subject, "marks" | "t" | "f">): string[] {
  const reasons: string[] = [];
  const anomaly = marks.anomalies.get(day);
  if (anomaly) {
    reasons.push(t.account.anomaly(f.percent(anomaly.level), f.number(anomaly.lower), f.number(anomaly.upper)));
  }
  const shift = marks.shifts.get(day);
  if (shift) reasons.push(t.account.shiftReason(f.signed(shift.size)));
  const outlier = marks.outliers.get(day);
  if (outlier) reasons.push(t.account.outlier(f.number(outlier.observed), f.number(outlier.expected)));
  for (const { name, effect, lower, upper, isComing } of marks.events.get(day) ?? []) {
    const said = isComing ? t.account.eventComing : t.account.eventPast;
    reasons.push(said(name, f.signed(effect), f.signed(lower), f.signed(upper)));
  }
  const holiday = marks.holidays.get(day);
  if (holiday) reasons.push(holiday);
  return reasons;
}

/** How much was gained since the day before; null where that day, or this one, was not observed whole. */
export function gainOf({ history }: Timeline, at: number): number | null {
  const [now, before] = [history[at] ?? null, history[at - 1] ?? null];
  return now === null || before === null ? null : now - before;
}

/** What the chart says of a day, by pointer and by keys. */
export function describe(at: number, subject: Subject): Description {
  const { timeline, comparison, index, t, f } = subject;
  const { unfinished, history, forecast, baseline, firstForecast } = timeline;
  const day = timeline.days[at] ?? 0;
  const rows: [string, string][] = [];
  const notes = reasonsOf(day, subject);
  const observed = history[at] ?? null;
  const gain = gainOf(timeline, at);
  if (observed !== null) rows.push([t.account.followers, f.number(observed)]);
  if (gain !== null) rows.push([t.account.thatDay, f.signed(gain)]);
  if (unfinished?.day === day) {
    rows.push([t.account.soFar, f.number(unfinished.value)]);
    notes.push(t.account.unfinishedNote);
  }
  if (observed === null && day < timeline.until) notes.push(t.account.notObserved);
  if (index !== null && observed !== null) rows.push([t.account.index, f.number(observed * index, 1)]);

  const predicted = forecast[at] ?? null;
  if (predicted !== null && firstForecast !== null && day >= firstForecast) {
    rows.push([t.account.forecast, f.number(predicted)]);
    for (const [level, band] of [
      [80, timeline.band80],
      [95, timeline.band95],
    ] as const) {
      const [lower, upper] = [band.lower[at] ?? null, band.upper[at] ?? null];
      if (lower !== null && upper !== null) rows.push([f.percent(level), `${f.number(lower)} – ${f.number(upper)}`]);
    }
    if ((baseline[at] ?? null) !== null) rows.push([t.account.baseline, f.number(baseline[at])]);
    rows.push([t.account.horizon, t.account.days(day - firstForecast + 1)]);
  }
  const before = comparison?.values[at] ?? null;
  if (comparison && before !== null) rows.push([f.day(dayOf(day - comparison.by)), f.number(before)]);
  return { title: f.weekDay(dayOf(day)), rows, notes };
}
