import type { Goal } from "../../api/goal";
import type { Brush } from "../../charts/brush";
import { bandOutlines, type Values, type View } from "../../charts/geometry";
import { dayNumber, dayOf } from "../../format/dates";
import type { Format } from "../../format/useFormat";
import type { Dictionary } from "../../i18n/es";
import type { Marks } from "./marks";
import { indexOf, type Timeline } from "./timeline";
import type { Layer } from "./view";

/** What the chart draws besides its lines. */
export interface Scene {
  timeline: Timeline;
  view: View;
  marks: Marks;
  /** Values are multiplied by it: 1, or what makes the first one 100. */
  factor: number;
  isOn: (layer: Layer) => boolean;
  goal: number | null;
  /** A day that somebody was led to. */
  chosen: number | null;
  goalDates: Goal["dates"] | null;
  /** A value as labels write it. */
  write: (value: number) => string;
  t: Dictionary;
  f: Format;
}

/** The part that has not happened yet. */
export function drawGround(brush: Brush, { timeline }: Scene): void {
  const start = Math.max(brush.left, brush.x(timeline.until));
  if (start < brush.right) brush.rect(start, brush.top, brush.right, brush.bottom, "sunken", 0.45);
}

export function drawBands(brush: Brush, { timeline, factor, isOn }: Scene): void {
  const { days, band95, band80 } = timeline;
  const on = (values: Values) => values.map((value) => (value === null ? null : value * factor));
  brush.clipped(() => {
    for (const [layer, band, color] of [
      ["band95", band95, "c-band95"],
      ["band80", band80, "c-band80"],
    ] as const) {
      if (!isOn(layer)) continue;
      for (const outline of bandOutlines(days, on(band.lower), on(band.upper))) brush.area(outline, color);
    }
  });
}

export function drawMarks(brush: Brush, scene: Scene): void {
  drawHolidays(brush, scene);
  drawEvents(brush, scene);
  drawShifts(brush, scene);
  drawUntil(brush, scene);
  drawUnfinished(brush, scene);
  drawUnusual(brush, scene);
  drawChosen(brush, scene);
  drawGoal(brush, scene);
  drawEnd(brush, scene);
}

function drawHolidays(brush: Brush, { marks, isOn, view }: Scene): void {
  if (!isOn("holidays")) return;
  for (const day of marks.holidays.keys()) {
    if (day >= view[0] && day <= view[1]) brush.triangle(brush.x(day), brush.bottom, "warn");
  }
}

/** Above the holidays, which may be on the same days. What nothing was found of is hollow. */
function drawEvents(brush: Brush, { marks, isOn, view }: Scene): void {
  if (!isOn("events")) return;
  for (const [day, events] of marks.events) {
    if (day < view[0] || day > view[1]) continue;
    const isSure = events.some(({ lower, upper }) => lower > 0 || upper < 0);
    brush.diamond(brush.x(day), brush.bottom - 15, 4.5, "accent", isSure ? "accent" : "surface");
  }
}

function drawShifts(brush: Brush, { marks, isOn, t, f }: Scene): void {
  if (!isOn("shifts")) return;
  for (const [day, { size }] of marks.shifts) {
    const x = brush.x(day);
    if (!brush.isInside(x)) continue;
    brush.vertical(x, "warn", [4, 3]);
    const label = brush.isNarrow ? f.signed(size) : t.account.shiftOf(f.signed(size));
    brush.text(label, x + 6, brush.bottom - 20, "warn", { weight: 550 });
  }
}

function drawUntil(brush: Brush, { timeline, t, f }: Scene): void {
  const x = brush.x(timeline.until);
  if (!brush.isInside(x)) return;
  brush.vertical(x, "ink-3");
  const label = t.account.dataUntilLine(f.shortDay(dayOf(timeline.until)));
  const fitsLeft = x - 8 - brush.width(label, 550) > brush.left;
  brush.text(label, fitsLeft ? x - 8 : x + 8, brush.top + 9, "ink-2", {
    align: fitsLeft ? "right" : "left",
    weight: 550,
  });
  if (timeline.firstForecast !== null && fitsLeft && brush.right - x > 84) {
    brush.text(t.account.forecastWord, x + 8, brush.top + 9, "c-forecast", { weight: 600 });
  }
}

/** A day that is not over: hollow, and joined by dots, because more may come. */
function drawUnfinished(brush: Brush, { timeline, factor, t }: Scene): void {
  const { unfinished, history } = timeline;
  if (!unfinished) return;
  const [x, y] = [brush.x(unfinished.day), brush.y(unfinished.value * factor)];
  if (!brush.isInside(x)) return;
  const before = history[indexOf(timeline, unfinished.day) - 1] ?? null;
  brush.clipped(() => {
    if (before !== null) {
      const start = [brush.x(unfinished.day - 1), brush.y(before * factor)] as const;
      brush.line([start, [x, y]], "c-history", 1.75, [2, 3]);
    }
    brush.ring(x, y, 3.5, "c-history", "surface");
  });
  // On the side that the line does not come from.
  const isRising = before === null || before <= unfinished.value;
  brush.text(t.account.unfinishedLabel, x + 6, isRising ? y + 18 : y - 18, "ink-2");
}

/** Open rings, so that the point below stays visible. */
function drawUnusual(brush: Brush, { timeline, marks, factor, isOn }: Scene): void {
  if (!isOn("unusual")) return;
  brush.clipped(() => {
    for (const day of [...marks.anomalies.keys(), ...marks.outliers.keys()]) {
      const value = timeline.history[indexOf(timeline, day)];
      if (typeof value === "number") brush.ring(brush.x(day), brush.y(value * factor), 5.5, "bad");
    }
  });
}

function drawChosen(brush: Brush, { timeline, chosen, factor, t, f }: Scene): void {
  if (chosen === null) return;
  const x = brush.x(chosen);
  if (!brush.isInside(x)) return;
  brush.vertical(x, "accent", [2, 3]);
  const value = timeline.history[indexOf(timeline, chosen)];
  if (typeof value !== "number") return;
  brush.clipped(() => brush.ring(x, brush.y(value * factor), 6.5, "accent"));
  // The last day has its own words at the top.
  if (chosen !== timeline.until)
    brush.text(t.account.chosenDay(f.shortDay(dayOf(chosen))), x + 6, brush.top + 24, "accent");
}

function drawGoal(brush: Brush, { goal, goalDates, factor, isOn, t, f, write }: Scene): void {
  if (goal === null || !isOn("goal")) return;
  const y = brush.y(goal * factor);
  const name = t.account.goalLine(write(goal));
  if (y <= brush.top || y >= brush.bottom) {
    const [text, at] =
      y <= brush.top ? [t.account.furtherUp(name), brush.top + 28] : [t.account.furtherDown(name), brush.bottom - 20];
    return brush.text(text, brush.left + 8, at, "goal", { weight: 600 });
  }
  brush.horizontal(y, "goal", 1.5, [7, 4]);
  drawGoalDates(brush, goalDates, y);
  const middle = goalDates?.p50;
  const date = middle ? ` · ${brush.isNarrow ? f.shortDay(middle) : f.day(middle)}` : "";
  brush.text(name + date, brush.left + 8, y - 12, "goal", { weight: 600 });
}

/** From the earliest date to the latest one, which may lie close together: an end each, and a dot between. */
function drawGoalDates(brush: Brush, dates: Goal["dates"] | null, y: number): void {
  const placeOf = (date: string | null | undefined) => (date ? brush.x(dayNumber(date)) : null);
  const [early, middle, late] = [placeOf(dates?.p10), placeOf(dates?.p50), placeOf(dates?.p90)];
  const end = (x: number) =>
    brush.line(
      [
        [x, y - 6],
        [x, y + 6],
      ],
      "goal",
      2,
    );
  brush.clipped(() => {
    if (early !== null) {
      brush.line(
        [
          [early, y],
          [late ?? brush.right, y],
        ],
        "goal",
        3,
      );
      end(early);
    }
    if (late !== null) end(late);
    if (middle !== null) brush.dot(middle, y, 4.5, "goal");
  });
}

const LINE = 15;

/** The forecast's last day in view says its value and interval beside its end. */
function drawEnd(brush: Brush, scene: Scene): void {
  const { timeline, view, factor, isOn, write } = scene;
  const at = indexOf(timeline, view[1]);
  const value = timeline.forecast[at] ?? null;
  if (value === null || !isOn("forecast") || view[1] <= timeline.until) return;
  const [lower, upper] = [timeline.band80.lower[at] ?? null, timeline.band80.upper[at] ?? null];
  const x = brush.right - 4;
  const room = x - Math.max(brush.left, brush.x(timeline.until)) - 8;
  const lines = lower !== null && upper !== null ? intervalLines(brush, scene, [write(lower), write(upper)], room) : [];
  const [top, bottom] = occupied(brush, scene, x - Math.max(0, ...lines.map((line) => brush.width(line))) - 8);
  const height = lines.length * LINE;
  const hasRoomAbove = top - height - 25 > brush.top + 18;
  const hasRoomBelow = bottom + height + 31 < brush.bottom;
  const y = hasRoomAbove || !hasRoomBelow ? Math.max(top - height - LINE, brush.top + 28) : bottom + 16;
  brush.dot(brush.x(view[1]), brush.y(value * factor), 3.5, "c-forecast");
  brush.text(write(value), x, y, "c-forecast", { align: "right", weight: 640 });
  lines.forEach((line, index) => brush.text(line, x, y + (index + 1) * LINE, "c-forecast", { align: "right" }));
}

/** In two lines where one would cross the line of the last day. */
function intervalLines(brush: Brush, { t, f }: Scene, [lower, upper]: [string, string], room: number): string[] {
  const whole = t.account.interval80(lower, upper);
  return brush.width(whole) <= room ? [whole] : [t.account.interval(f.percent(80)), t.account.bounds(lower, upper)];
}

/** Where lines and bands are, right of a place. */
function occupied(brush: Brush, { timeline, view, factor }: Scene, left: number): [number, number] {
  const { days, history, baseline, band95 } = timeline;
  const ys: number[] = [];
  for (let at = indexOf(timeline, view[1]); at >= 0 && brush.x(days[at] ?? 0) >= left; at--) {
    for (const values of [history, baseline, band95.lower, band95.upper]) {
      const value = values[at];
      if (typeof value === "number") ys.push(brush.y(value * factor));
    }
  }
  return ys.length > 0 ? [Math.min(...ys), Math.max(...ys)] : [brush.top, brush.bottom];
}
