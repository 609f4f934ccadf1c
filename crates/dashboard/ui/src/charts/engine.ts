import uPlot from "uplot";
import { SECONDS_A_DAY } from "./brush";
import type { Drawing } from "./drawing";
import { dataOf, drawnAt, plotOptions, secondsOf } from "./plotOptions";
import { readPalette, type Palette, type Token } from "./palette";

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

  /** What is shown now, in light colours and so many pixels a CSS pixel, as a canvas of its own. */
  picture(ratio: number): Promise<HTMLCanvasElement> {
    const [drawing, palette] = [this.#drawing, readPalette(true)];
    return drawnAt({ drawing: () => drawing, color: (token) => palette[token] }, this.width, ratio);
  }

  /** In CSS pixels. */
  get width(): number {
    return this.#host.clientWidth;
  }

  #make(): uPlot {
    const drawing = this.#drawing;
    this.#shape = shapeOf(drawing);
    const color = (token: Token) => this.#palette[token];
    const options = plotOptions({ drawing: () => this.#drawing, color, width: () => this.width, scale: 1 });
    return new uPlot(
      {
        ...options,
        width: this.width,
        height: drawing.heightFor(this.width),
        cursor: {
          y: false,
          drag: { x: true, y: false, setScale: false },
          points: { size: 8, width: 2, stroke: () => color("surface"), fill: (_, at) => this.#colorOfLine(at) },
          bind: { dblclick: () => () => (this.#events.onDoubleClick(), null) },
        },
        hooks: {
          ...options.hooks,
          setCursor: [
            (self) => this.#events.onPointer((self.cursor.left ?? -1) < 0 ? null : (self.cursor.idx ?? null)),
          ],
          setSelect: [(self) => this.#onSelect(self)],
        },
      },
      dataOf(drawing),
      this.#host,
    );
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
