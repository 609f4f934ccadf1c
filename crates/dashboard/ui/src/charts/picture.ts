import { readPalette } from "./palette";

/** What stands around a chart that leaves the page. */
export interface Caption {
  title: string;
  /** What the values are, and in which zone their days end. */
  subtitle: string;
  /** Warnings first, then the source. */
  notes: readonly string[];
}

const FONT = "Inter, system-ui, sans-serif";
const MARGIN = 24;

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

/** A chart with its caption, in light colours, as a PNG. */
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
  const head = title.length * 24 + subtitle.length * 18 + 12;
  canvas.width = (width + 2 * MARGIN) * ratio;
  canvas.height = (head + chart.height / ratio + notes.length * 18 + 12 + 2 * MARGIN) * ratio;

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
  ctx.drawImage(chart, MARGIN, y, width, chart.height / ratio);
  y += chart.height / ratio + 12;
  write(notes, 18, palette["ink-2"]);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), "image/png"),
  );
}
