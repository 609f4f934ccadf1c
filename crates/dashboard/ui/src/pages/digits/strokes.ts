/** A line of a drawing: x and y by turns, in units of the paper. */
export type Stroke = readonly number[];

/** The paper is so many units wide and high, on whatever screen. */
export const PAPER = { width: 1000, height: 560 };
/** About an eighth of a digit's height, as with a felt pen. */
export const PEN = 26;
/** White around what is sent. */
const MARGIN = 60;

interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What the strokes cover, without the width of the pen; null for an empty paper. */
export function boundsOf(strokes: readonly Stroke[]): Bounds | null {
  const all = strokes.flat();
  if (all.length < 2) return null;
  const [xs, ys] = [all.filter((_, at) => at % 2 === 0), all.filter((_, at) => at % 2 === 1)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** The part of the paper that is sent: the strokes, the pen, a margin; whole units. */
export function cutOf(strokes: readonly Stroke[]): { x: number; y: number; width: number; height: number } | null {
  const bounds = boundsOf(strokes);
  if (!bounds) return null;
  const around = PEN / 2 + MARGIN;
  const [x, y] = [Math.floor(bounds.left - around), Math.floor(bounds.top - around)];
  return {
    x,
    y,
    width: Math.ceil(bounds.right + around) - x,
    height: Math.ceil(bounds.bottom + around) - y,
  };
}

type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "quadraticCurveTo"
  | "stroke"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
  | "strokeStyle"
>;

export const INK = "#101418";

/** Draws strokes in units of the paper. Curves go through the middles between points, so that no corner is seen. */
export function ink(pen: Pen, strokes: readonly Stroke[]): void {
  pen.lineWidth = PEN;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.strokeStyle = INK;
  for (const stroke of strokes) {
    const [x = 0, y = 0] = stroke;
    pen.beginPath();
    pen.moveTo(x, y);
    for (let at = 2; at + 3 < stroke.length; at += 2) {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = stroke.slice(at, at + 4);
      pen.quadraticCurveTo(x1, y1, (x1 + x2) / 2, (y1 + y2) / 2);
    }
    // A touch without a move is a dot.
    pen.lineTo(stroke.at(-2) ?? x, stroke.at(-1) ?? y);
    pen.stroke();
  }
}
