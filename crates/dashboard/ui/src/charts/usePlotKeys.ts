import type { KeyboardEvent } from "react";
import type { Drawing } from "./drawing";
import { within, zoomed, type View } from "./geometry";

interface Options {
  drawing: Drawing;
  bounds: View;
  /** The day under the cursor. */
  at: number | null;
  onZoom?: ((view: View | null) => void) | undefined;
  point: (at: number | null) => void;
  onUse: () => void;
}

const FACTORS: Record<string, number> = { "+": 0.6, "=": 0.6, "-": 1 / 0.6 };

/** The index that a key leads to, or null where it leads nowhere. */
export function stepTo(key: string, isShift: boolean, at: number, first: number, last: number): number | null {
  const step = isShift ? 7 : 1;
  const to = { ArrowLeft: at - step, ArrowRight: at + step, Home: first, End: last }[key];
  return to === undefined ? null : Math.max(first, Math.min(last, to));
}

/** Arrow keys walk the days, with Shift by seven, Home and End go to the ends; plus and minus zoom, Escape leaves. */
export function usePlotKeys({ drawing, bounds, at, onZoom, point, onUse }: Options) {
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { days, view } = drawing;
    const factor = FACTORS[event.key];
    if (event.key === "Escape") return point(null);
    if (factor !== undefined && onZoom) {
      event.preventDefault();
      const middle = (at === null ? undefined : days[at]) ?? (view[0] + view[1]) / 2;
      return onZoom(zoomed(view, factor, middle, bounds));
    }
    if (event.key === "0" && onZoom) return onZoom(null);
    const seen = days.flatMap((day, index) => (day >= view[0] && day <= view[1] ? [index] : []));
    const start = at ?? seen.at(-1) ?? 0;
    // Where the days in view are fewer than all, the keys move on beyond them and the view follows.
    const isWalk = event.key.startsWith("Arrow") && onZoom !== undefined;
    const next = stepTo(
      event.key,
      event.shiftKey,
      start,
      isWalk ? 0 : (seen[0] ?? 0),
      isWalk ? days.length - 1 : (seen.at(-1) ?? 0),
    );
    if (next === null) return;
    event.preventDefault();
    onUse();
    const day = days[next];
    if (onZoom && day !== undefined && (day < view[0] || day > view[1])) {
      const move = day < view[0] ? day - view[0] : day - view[1];
      onZoom(within([view[0] + move, view[1] + move], bounds));
      requestAnimationFrame(() => point(next));
    } else {
      point(next);
    }
  };
}
