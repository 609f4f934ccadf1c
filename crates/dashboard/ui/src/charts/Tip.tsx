import { useLayoutEffect, useRef, type RefObject } from "react";
import type { PlotEngine } from "./engine";

/** What is said about a day. */
export interface Description {
  title: string;
  rows: readonly (readonly [name: string, value: string])[];
  /** What is unusual about it. */
  notes: readonly string[];
}

const AWAY = 16;
/** In a chart that is narrower there is no place beside the lines and their words: see isNarrow of the brush. */
const NARROW = 480;
/** The page's bar at the top of the window, and the axis below the chart. */
const [BAR, AXIS] = [64, 48];

/** The day under the cursor, beside it, above or below the lines: it never covers what it is about. On a phone it is outside. */
export function Tip({
  engine,
  at,
  description,
}: {
  engine: RefObject<PlotEngine | null>;
  at: number;
  description: Description;
}) {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [box, place] = [tip.current, engine.current?.placeOf(at)];
    if (!box || !place) return;
    const { x, left, top, width, height, isHigh } = place;
    const move = (to: number, down: number) => box.style.setProperty("transform", `translate(${to}px, ${down}px)`);
    if (width < NARROW) {
      const end = left + width - box.offsetWidth;
      const above = top - box.offsetHeight - AWAY / 2;
      const host = box.offsetParent?.getBoundingClientRect().top ?? 0;
      return move(
        Math.max(0, Math.min(left + x - box.offsetWidth / 2, end)),
        host + above > BAR ? above : top + height + AXIS,
      );
    }
    const fitsRight = x + AWAY + box.offsetWidth <= width;
    const beside = fitsRight ? x + AWAY : x - box.offsetWidth - AWAY;
    const down = isHigh ? height - box.offsetHeight - AWAY : AWAY * 2;
    move(Math.max(0, left + beside), Math.max(0, top + down));
  }, [engine, at, description]);
  return (
    <div className="tip" ref={tip} aria-hidden="true">
      <b>{description.title}</b>
      {description.rows.map(([name, value]) => (
        <div className="tip-row" key={name}>
          <span className="muted">{name}</span>
          <span>{value}</span>
        </div>
      ))}
      {description.notes.map((note) => (
        <p className="tip-note" key={note}>
          {note}
        </p>
      ))}
    </div>
  );
}
