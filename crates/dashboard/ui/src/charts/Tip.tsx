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

/** The day under the cursor, beside it, above or below the lines: it never covers what it is about. */
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
    const fitsRight = x + AWAY + box.offsetWidth <= width;
    const beside = fitsRight ? x + AWAY : x - box.offsetWidth - AWAY;
    const down = isHigh ? height - box.offsetHeight - AWAY : AWAY * 2;
    box.style.setProperty("transform", `translate(${Math.max(0, left + beside)}px, ${Math.max(0, top + down)}px)`);
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
