import { readPalette, type Token } from "./palette";

export interface LegendEntry {
  text: string;
  color: Token;
  as: "line" | "dashed" | "box" | "ring" | "triangle" | "diamond";
}

/** What stands around a chart that leaves the page. */
export interface Caption {
  title: string;
  /** What the values are, and in which zone their days end. */
  subtitle: string;
  /** The layers that the chart shows. */
  legend: readonly LegendEntry[];
  /** Warnings first, then the source. */
  notes: readonly string[];
}

const FONT = "Inter, system-ui, sans-serif";
const MARGIN = 24;
/** A picture fills a page or a slide. */
const LEAST_WIDTH = 1600;
const KEY = 22;
const LINE = 18;

/** Breaks a text into lines that fit. */
export function linesOf(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line ? [...lines, line] : lines;
}

/** Pixels for one CSS pixel in the picture of a chart: a whole number, so that nothing is blurred. */
export const ratioFor = (width: number, screen: number): number =>
  Math.max(2, Math.ceil(screen), Math.ceil(LEAST_WIDTH / (width + 2 * MARGIN)));

/** A chart that was drawn at that ratio, with its caption, in light colours, as a PNG. */
export async function pictureOf(chart: HTMLCanvasElement, ratio: number, caption: Caption): Promise<Blob> {
  const palette = readPalette(true);
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("the browser gives no canvas");
  const width = chart.width / ratio;
  const setFont = (size: number, weight: number) => (ctx.font = `${weight} ${size}px ${FONT}`);
  const broken = (text: string) => linesOf(text, width, (part) => ctx.measureText(part).width);

  setFont(18, 640);
  const title = broken(caption.title);
  setFont(12, 400);
  const subtitle = broken(caption.subtitle);
  const notes = caption.notes.flatMap(broken);
  const keys = placed(caption.legend, width, (text) => ctx.measureText(text).width);
  const legendHeight = keys.length > 0 ? ((keys.at(-1)?.row ?? 0) + 1) * LINE + 10 : 0;
  const head = title.length * 24 + subtitle.length * LINE + 12 + legendHeight;
  canvas.width = Math.ceil((width + 2 * MARGIN) * ratio);
  canvas.height = Math.ceil((head + chart.height / ratio + notes.length * LINE + 12 + 2 * MARGIN) * ratio);

  ctx.scale(ratio, ratio);
  ctx.fillStyle = palette.surface;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.textBaseline = "top";
  let y = MARGIN;
  const write = (lines: readonly string[], step: number, color: string) => {
    ctx.fillStyle = color;
    for (const line of lines) {
      ctx.fillText(line, MARGIN, y);
      y += step;
    }
  };
  setFont(18, 640);
  write(title, 24, palette.ink);
  setFont(12, 400);
  write(subtitle, 18, palette["ink-2"]);
  y += 12;
  for (const { entry, x, row } of keys) {
    const [left, middle] = [MARGIN + x, y + row * LINE + 6];
    drawKey(ctx, entry, left, middle, palette[entry.color]);
    ctx.fillStyle = palette["ink-2"];
    ctx.fillText(entry.text, left + KEY + 6, middle - 6);
  }
  y += legendHeight;
  ctx.drawImage(chart, MARGIN, y, width, chart.height / ratio);
  y += chart.height / ratio + 12;
  write(notes, 18, palette["ink-2"]);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), "image/png"),
  );
}

/** Entries of a legend in rows that fit. */
function placed(entries: readonly LegendEntry[], width: number, measure: (text: string) => number) {
  let [x, row] = [0, 0];
  return entries.map((entry) => {
    const wide = KEY + 6 + measure(entry.text) + 18;
    if (x > 0 && x + wide > width) [x, row] = [0, row + 1];
    const place = { entry, x, row };
    x += wide;
    return place;
  });
}

function drawKey(ctx: CanvasRenderingContext2D, { as }: LegendEntry, x: number, y: number, color: string): void {
  [ctx.fillStyle, ctx.strokeStyle, ctx.lineWidth] = [color, color, 2];
  ctx.setLineDash(as === "dashed" ? [5, 4] : []);
  ctx.beginPath();
  if (as === "box") ctx.fillRect(x, y - 6, KEY, 12);
  else if (as === "ring") ctx.arc(x + KEY / 2, y, 4.5, 0, 2 * Math.PI);
  else if (as === "triangle") {
    ctx.moveTo(x + 6, y + 5);
    ctx.lineTo(x + 16, y + 5);
    ctx.lineTo(x + 11, y - 4);
    ctx.fill();
  } else if (as === "diamond") {
    ctx.moveTo(x + KEY / 2, y - 5);
    ctx.lineTo(x + KEY / 2 + 5, y);
    ctx.lineTo(x + KEY / 2, y + 5);
    ctx.lineTo(x + KEY / 2 - 5, y);
    ctx.fill();
  } else {
    ctx.moveTo(x, y);
    ctx.lineTo(x + KEY, y);
  }
  if (as === "line" || as === "dashed" || as === "ring") ctx.stroke();
  ctx.setLineDash([]);
}
