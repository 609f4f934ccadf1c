import uPlot from "uplot";
import { dayAxis, valueAxis } from "./axes";
import { Brush, SECONDS_A_DAY } from "./brush";
import type { Drawing, Line } from "./drawing";
import { lonePoints, type View } from "./geometry";
import type { Token } from "./palette";

interface Look {
  drawing: () => Drawing;
  color: (token: Token) => string;
  /** The width in which words are placed, in CSS pixels. */
  width: () => number;
  /** Everything is so many times as large: a picture has more pixels than the screen. */
  scale: number;
}

/** A drawing as uPlot takes it: without a cursor. */
export function plotOptions({ drawing: current, color, width, scale }: Look): Omit<uPlot.Options, "width" | "height"> {
  const drawing = current();
  const brush = (plot: uPlot) => new Brush(plot, uPlot.pxRatio * scale, color);
  return {
    padding: [14 * scale, () => (current().roomFor?.(width()) ?? 20) * scale, 0, 0],
    legend: { show: false },
    tzDate: (second) => uPlot.tzDate(new Date(second * 1000), "Etc/UTC"),
    scales: {
      x: { ...secondsOf(drawing.view), range: (_, min, max) => [min, max] },
      // uPlot asks before it has taken the new days over.
      y: { range: () => current().rangeOf() },
    },
    axes: [
      dayAxis(color, () => current().language, scale),
      valueAxis(color, (value, step) => current().formatValue(value, step), scale),
    ],
    series: [{}, ...drawing.lines.map((line) => seriesOf(line, color, scale))],
    hooks: {
      drawClear: [(self) => current().ground?.(brush(self))],
      drawAxes: [(self) => current().below?.(brush(self))],
      draw: [(self) => drawOver(brush(self), current())],
    },
  };
}

function drawOver(brush: Brush, { days, lines, above }: Drawing): void {
  brush.clipped(() => {
    for (const line of lines) {
      for (const at of lonePoints(line.values)) {
        const [day, value] = [days[at], line.values[at]];
        if (day !== undefined && typeof value === "number") brush.dot(brush.x(day), brush.y(value), 2.5, line.color);
      }
    }
  });
  above?.(brush);
}

export const dataOf = ({ days, lines }: Drawing): uPlot.AlignedData => [
  days.map((day) => day * SECONDS_A_DAY),
  ...lines.map((line) => [...line.values]),
];

/** A single day has some room on both sides: an axis has a length. */
export const secondsOf = ([from, to]: View) => {
  const room = to > from ? 0 : 3;
  return { min: (from - room) * SECONDS_A_DAY, max: (to + room) * SECONDS_A_DAY };
};

const seriesOf = (
  { color: token, width = 1.75, dash }: Line,
  color: (token: Token) => string,
  scale: number,
): uPlot.Series => ({
  stroke: () => color(token),
  width: width * scale,
  points: { show: false },
  spanGaps: false,
  ...(dash && { dash: dash.map((part) => part * scale) }),
});

/** What a chart shows in so many pixels a CSS pixel, on a canvas of its own. */
export function drawnAt(look: Omit<Look, "width" | "scale">, width: number, ratio: number): Promise<HTMLCanvasElement> {
  // uPlot draws in the screen's pixels only; in a larger plot of larger strokes and words, they are as many as asked for.
  const scale = ratio / uPlot.pxRatio;
  return new Promise((resolve) => {
    const options = plotOptions({ ...look, width: () => width, scale });
    const plot = new uPlot(
      {
        ...options,
        width: width * scale,
        height: look.drawing().heightFor(width) * scale,
        cursor: { show: false },
        hooks: {
          ...options.hooks,
          ready: [
            (self) => {
              const { canvas } = self.ctx;
              // Destroying leaves the canvas as it is; uPlot is still at work here.
              setTimeout(() => {
                plot.destroy();
                resolve(canvas);
              });
            },
          ],
        },
      },
      dataOf(look.drawing()),
      document.createElement("div"),
    );
  });
}
