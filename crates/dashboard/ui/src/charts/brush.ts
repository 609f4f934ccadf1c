import type uPlot from "uplot";
import type { Point } from "./geometry";
import type { Token } from "./palette";

export const SECONDS_A_DAY = 86_400;
const FONT = "Inter, system-ui, sans-serif";

interface TextOptions {
  align?: CanvasTextAlign;
  weight?: number;
  /** The word may stand beside the plotting area. */
  outside?: boolean;
}

/** Draws on a chart in its own terms: days, values and the sheet's colours. Lengths are CSS pixels. */
export class Brush {
  readonly ctx: CanvasRenderingContext2D;
  readonly #plot: uPlot;
  readonly #color: (token: Token) => string;
  /** Device pixels for one CSS pixel. */
  readonly ratio: number;

  constructor(plot: uPlot, ratio: number, color: (token: Token) => string) {
    this.#plot = plot;
    this.ctx = plot.ctx;
    this.ratio = ratio;
    this.#color = color;
  }

  get left() {
    return this.#plot.bbox.left / this.ratio;
  }
  get top() {
    return this.#plot.bbox.top / this.ratio;
  }
  get right() {
    return (this.#plot.bbox.left + this.#plot.bbox.width) / this.ratio;
  }
  get bottom() {
    return (this.#plot.bbox.top + this.#plot.bbox.height) / this.ratio;
  }
  /** Labels are shorter here. */
  get isNarrow() {
    return this.right - this.left < 480;
  }

  x(day: number): number {
    return this.#plot.valToPos(day * SECONDS_A_DAY, "x", true) / this.ratio;
  }
  y(value: number): number {
    return this.#plot.valToPos(value, "y", true) / this.ratio;
  }
  isInside(x: number): boolean {
    return x >= this.left - 1 && x <= this.right + 1;
  }

  /** Nothing that `draw` does leaves the plotting area. */
  clipped(draw: () => void): void {
    this.#with(() => {
      this.ctx.beginPath();
      this.ctx.rect(this.left, this.top, this.right - this.left, this.bottom - this.top);
      this.ctx.clip();
      draw();
    });
  }

  rect(left: number, top: number, right: number, bottom: number, color: Token, opacity = 1): void {
    this.#with(() => {
      this.ctx.globalAlpha = opacity;
      this.ctx.fillStyle = this.#color(color);
      this.ctx.fillRect(left, top, right - left, bottom - top);
    });
  }

  /** An area; where it is a single day wide, a bar of two pixels. */
  area(outline: readonly Point[], color: Token): void {
    this.#with(() => {
      const points = outline.map(([day, value]) => [this.x(day), this.y(value)] as const);
      if (points.length === 2) {
        this.#path(points);
        this.ctx.lineWidth = 2;
        this.ctx.strokeStyle = this.#color(color);
        this.ctx.stroke();
        return;
      }
      this.#path(points);
      this.ctx.closePath();
      this.ctx.fillStyle = this.#color(color);
      this.ctx.fill();
    });
  }

  line(points: readonly Point[], color: Token, width = 1, dash: readonly number[] = []): void {
    this.#with(() => {
      this.#path(points);
      this.ctx.lineWidth = width;
      this.ctx.strokeStyle = this.#color(color);
      this.ctx.setLineDash([...dash]);
      this.ctx.stroke();
    });
  }

  vertical(x: number, color: Token, dash: readonly number[] = []): void {
    this.line(
      [
        [x, this.top],
        [x, this.bottom],
      ],
      color,
      1,
      dash,
    );
  }

  horizontal(y: number, color: Token, width: number, dash: readonly number[]): void {
    this.line(
      [
        [this.left, y],
        [this.right, y],
      ],
      color,
      width,
      dash,
    );
  }

  /** An open ring, or one that is filled. */
  ring(x: number, y: number, radius: number, color: Token, fill?: Token): void {
    this.#with(() => {
      this.ctx.beginPath();
      this.ctx.arc(x, y, radius, 0, 2 * Math.PI);
      if (fill) {
        this.ctx.fillStyle = this.#color(fill);
        this.ctx.fill();
      }
      this.ctx.lineWidth = 2;
      this.ctx.strokeStyle = this.#color(color);
      this.ctx.stroke();
    });
  }

  dot(x: number, y: number, radius: number, color: Token): void {
    this.#with(() => {
      this.ctx.beginPath();
      this.ctx.arc(x, y, radius, 0, 2 * Math.PI);
      this.ctx.fillStyle = this.#color(color);
      this.ctx.fill();
    });
  }

  /** A triangle that stands on a line. */
  triangle(x: number, bottom: number, color: Token): void {
    this.#with(() => {
      this.#path([
        [x - 4, bottom],
        [x + 4, bottom],
        [x, bottom - 7],
      ]);
      this.ctx.fillStyle = this.#color(color);
      this.ctx.fill();
    });
  }

  diamond(x: number, y: number, radius: number, color: Token, fill: Token): void {
    this.#with(() => {
      this.#path([
        [x, y - radius],
        [x + radius, y],
        [x, y + radius],
        [x - radius, y],
      ]);
      this.ctx.closePath();
      this.ctx.fillStyle = this.#color(fill);
      this.ctx.fill();
      this.ctx.lineWidth = 1.5;
      this.ctx.strokeStyle = this.#color(color);
      this.ctx.stroke();
    });
  }

  width(text: string, weight = 500): number {
    let measured = 0;
    this.#with(() => {
      this.ctx.font = `${weight} 12px ${FONT}`;
      measured = this.ctx.measureText(text).width;
    });
    return measured;
  }

  /** A word with a halo, so that it reads over lines and bands. It is moved into the chart where it would leave it. */
  text(text: string, x: number, y: number, color: Token, options: TextOptions = {}): void {
    const { align = "left", weight = 500, outside = false } = options;
    const width = this.width(text, weight);
    const start = align === "right" ? x - width : align === "center" ? x - width / 2 : x;
    const left = outside ? start : Math.max(this.left + 2, Math.min(start, this.right - width - 2));
    this.#with(() => {
      this.ctx.font = `${weight} 12px ${FONT}`;
      this.ctx.textAlign = "left";
      this.ctx.textBaseline = "middle";
      this.ctx.lineJoin = "round";
      this.ctx.lineWidth = 4;
      this.ctx.strokeStyle = this.#color("surface");
      this.ctx.strokeText(text, left, y);
      this.ctx.fillStyle = this.#color(color);
      this.ctx.fillText(text, left, y);
    });
  }

  #path(points: readonly Point[]): void {
    this.ctx.beginPath();
    points.forEach(([x, y], at) => (at === 0 ? this.ctx.moveTo(x, y) : this.ctx.lineTo(x, y)));
  }

  #with(draw: () => void): void {
    this.ctx.save();
    // Scaling by hand: uPlot leaves the canvas in device pixels. A caller inside `clipped` is scaled already.
    this.ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    draw();
    this.ctx.restore();
  }
}
