import uPlot from "uplot";
import type { Language } from "../i18n/language";
import { dayAxis, valueAxis } from "./axes";
import { Brush, SECONDS_A_DAY } from "./brush";
import { lonePoints, type Values, type View } from "./geometry";
import { readPalette, type Palette, type Token } from "./palette";

export interface Line {
  key: string;
  /** One value for each day of the chart. */
  values: Values;
  color: Token;
  width?: number;
  dash?: number[];
}

/** What a chart shows. */
export interface Drawing {
  language: Language;
  /** Days since 1970, without a gap: a day without a value has null in the lines. */
  days: readonly number[];
  lines: readonly Line[];
  view: View;
  /** Least and greatest value of the axis, for the days in view. */
  rangeOf: () => [number, number];
  formatValue: (value: number, step: number) => string;
  heightFor: (width: number) => number;
  /** Room right of the days for words at the ends of lines, in pixels. */
  roomFor?: (width: number) => number;
  /** Behind the grid: grounds. */
  ground?: ((brush: Brush) => void) | undefined;
  /** Between the grid and the lines: bands. */
  below?: ((brush: Brush) => void) | undefined;
  /** Over the lines: marks and labels. */
  above?: ((brush: Brush) => void) | undefined;
}

export interface PlotEvents {
  /** The day under the pointer, as an index; null when it left. */
  onPointer: (at: number | null) => void;
  onDrag: (one: number, other: number) => void;
  onDoubleClick: () => void;
}

/** The width of the plot on paper, which is not the window's. */
const PAPER_WIDTH = 680;

/** uPlot, with the sheet's colours and drawings by days. Made once for an element, told what to show by `show`. */
export class PlotEngine {
  readonly #host: HTMLElement;
  readonly #events: PlotEvents;
  readonly #observer: ResizeObserver;
  #drawing: Drawing;
  #plot: uPlot;
  #shape = "";
  #palette: Palette = readPalette(false);
  #isOnPaper = false;

  constructor(host: HTMLElement, drawing: Drawing, events: PlotEvents) {
    this.#host = host;
    this.#drawing = drawing;
    this.#events = events;
    this.#plot = this.#make();
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(host);
    addEventListener("beforeprint", this.#toPaper);
    addEventListener("afterprint", this.#fromPaper);
    // Words on a canvas are not drawn again by themselves when the font arrives.
    void document.fonts?.load("12px Inter").then(() => this.#plot.redraw(false, true));
  }

  destroy(): void {
    this.#observer.disconnect();
    removeEventListener("beforeprint", this.#toPaper);
    removeEventListener("afterprint", this.#fromPaper);
    this.#plot.destroy();
  }

  show(drawing: Drawing): void {
    this.#drawing = drawing;
    if (shapeOf(drawing) !== this.#shape) {
      this.#plot.destroy();
      this.#plot = this.#make();
      return;
    }
    this.#plot.batch(() => {
      this.#plot.setData(dataOf(drawing), false);
      this.#plot.setScale("x", secondsOf(drawing.view));
    });
    this.#fit();
  }

  /** The theme changed. */
  recolor(): void {
    this.#palette = readPalette(this.#isOnPaper);
    this.#plot.redraw(false);
  }

  /** Puts the cursor on a day; null takes it away. */
  point(at: number | null): void {
    const day = at === null ? undefined : this.#drawing.days[at];
    if (day === undefined) this.#plot.setCursor({ left: -10, top: -10 }, false);
    else this.#plot.setCursor({ left: this.#plot.valToPos(day * SECONDS_A_DAY, "x"), top: 10 }, false);
  }

  /** The day at a place in the window. */
  dayAt(clientX: number): number {
    return this.#plot.posToVal(clientX - this.#plot.rect.left, "x") / SECONDS_A_DAY;
  }

  indexAt(clientX: number): number {
    return this.#plot.posToIdx(clientX - this.#plot.rect.left);
  }

  /** Where the values of a day are, relative to the host: for a tooltip that keeps away from them. */
  placeOf(at: number): { x: number; left: number; top: number; width: number; height: number; isHigh: boolean } {
    const plot = this.#plot;
    const day = this.#drawing.days[at] ?? 0;
    const box = this.#host.getBoundingClientRect();
    const { width, height } = plot.over.getBoundingClientRect();
    const ys = plot.series
      .slice(1)
      .map((_, index) => plot.data[index + 1]?.[at])
      .filter((value) => typeof value === "number")
      .map((value) => plot.valToPos(value, "y"));
    const mean = ys.reduce((sum, y) => sum + y, 0) / ys.length;
    return {
      x: plot.valToPos(day * SECONDS_A_DAY, "x"),
      left: plot.rect.left - box.left,
      top: plot.rect.top - box.top,
      width,
      height,
      isHigh: ys.length > 0 && mean < height / 2,
    };
  }

  /** What is shown now, in light colours, as a canvas of its own. */
  async picture(): Promise<HTMLCanvasElement> {
    const dark = this.#palette;
    await this.#redrawWith(readPalette(true));
    const copy = document.createElement("canvas");
    copy.width = this.#plot.ctx.canvas.width;
    copy.height = this.#plot.ctx.canvas.height;
    copy.getContext("2d")?.drawImage(this.#plot.ctx.canvas, 0, 0);
    await this.#redrawWith(dark);
    return copy;
  }

  /** uPlot draws when the running script has ended, before anything is painted. */
  async #redrawWith(palette: Palette): Promise<void> {
    this.#palette = palette;
    this.#plot.redraw(false);
    await Promise.resolve();
  }

  #make(): uPlot {
    const drawing = this.#drawing;
    this.#shape = shapeOf(drawing);
    const color = (token: Token) => this.#palette[token];
    const width = this.#host.clientWidth;
    const view = secondsOf(drawing.view);
    const plot = new uPlot(
      {
        width,
        height: drawing.heightFor(width),
        padding: [14, () => this.#drawing.roomFor?.(this.#host.clientWidth) ?? 20, 0, 0],
        legend: { show: false },
        tzDate: (second) => uPlot.tzDate(new Date(second * 1000), "Etc/UTC"),
        scales: {
          x: { ...view, range: (_, min, max) => [min, max] },
          // uPlot asks before it has taken the new days over.
          y: { range: () => this.#drawing.rangeOf() },
        },
        axes: [
          dayAxis(color, () => this.#drawing.language),
          valueAxis(color, (value, step) => this.#drawing.formatValue(value, step)),
        ],
        series: [{}, ...drawing.lines.map((line) => seriesOf(line, color))],
        cursor: {
          y: false,
          drag: { x: true, y: false, setScale: false },
          points: { size: 8, width: 2, stroke: () => color("surface"), fill: (_, at) => this.#colorOfLine(at) },
          bind: { dblclick: () => () => (this.#events.onDoubleClick(), null) },
        },
        hooks: {
          drawClear: [(self) => this.#drawing.ground?.(this.#brush(self))],
          drawAxes: [(self) => this.#drawing.below?.(this.#brush(self))],
          draw: [(self) => this.#drawOver(self)],
          setCursor: [
            (self) => this.#events.onPointer((self.cursor.left ?? -1) < 0 ? null : (self.cursor.idx ?? null)),
          ],
          setSelect: [(self) => this.#onSelect(self)],
        },
      },
      dataOf(drawing),
      this.#host,
    );
    return plot;
  }

  #drawOver(plot: uPlot): void {
    const brush = this.#brush(plot);
    brush.clipped(() => {
      for (const line of this.#drawing.lines) {
        for (const at of lonePoints(line.values)) {
          const [day, value] = [this.#drawing.days[at], line.values[at]];
          if (day !== undefined && typeof value === "number") brush.dot(brush.x(day), brush.y(value), 2.5, line.color);
        }
      }
    });
    this.#drawing.above?.(brush);
  }

  #onSelect(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 8) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.onDrag(plot.posToVal(left, "x") / SECONDS_A_DAY, plot.posToVal(left + width, "x") / SECONDS_A_DAY);
  }

  #colorOfLine(at: number): string {
    const line = this.#drawing.lines[at - 1];
    return line ? this.#palette[line.color] : "transparent";
  }

  #brush(plot: uPlot): Brush {
    return new Brush(plot, uPlot.pxRatio, (token) => this.#palette[token]);
  }

  #fit(): void {
    const width = this.#isOnPaper ? PAPER_WIDTH : this.#host.clientWidth;
    const height = this.#drawing.heightFor(width);
    if (width > 0 && (width !== this.#plot.width || height !== this.#plot.height))
      this.#plot.setSize({ width, height });
  }

  readonly #toPaper = () => this.#usePaper(true);
  readonly #fromPaper = () => this.#usePaper(false);
  #usePaper(isOnPaper: boolean): void {
    this.#isOnPaper = isOnPaper;
    this.recolor();
    this.#fit();
  }
}

const shapeOf = ({ lines }: Drawing) =>
  lines.map(({ key, color, width, dash }) => [key, color, width, dash?.join(" ")].join()).join("|");

const dataOf = ({ days, lines }: Drawing): uPlot.AlignedData => [
  days.map((day) => day * SECONDS_A_DAY),
  ...lines.map((line) => [...line.values]),
];

/** A single day has some room on both sides: an axis has a length. */
const secondsOf = ([from, to]: View) => {
  const room = to > from ? 0 : 3;
  return { min: (from - room) * SECONDS_A_DAY, max: (to + room) * SECONDS_A_DAY };
};

const seriesOf = ({ color: token, width = 1.75, dash }: Line, color: (token: Token) => string): uPlot.Series => ({
  stroke: () => color(token),
  width,
  points: { show: false },
  spanGaps: false,
  ...(dash && { dash }),
});
