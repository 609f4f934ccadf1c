import { useEffect, useState, type RefObject } from "react";
import { rowsBetween, type Span } from "./rowWindow";

/** Until a row was drawn. */
const USUAL_HEIGHT = 38;

/** The rows of a grid that are in view, in its own scroller or in the window's, and how tall one is. */
export function useRowWindow(grid: RefObject<HTMLTableElement | null>, count: number) {
  const [height, setHeight] = useState(USUAL_HEIGHT);
  const [span, setSpan] = useState<Span>(() => rowsBetween(0, innerHeight, USUAL_HEIGHT, count));
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const body = grid.current?.tBodies[0];
      const scroller = grid.current?.parentElement;
      if (!body || !scroller) return;
      setHeight((now) => heightOf(body) ?? now);
      const start = body.getBoundingClientRect().top;
      const view = scroller.getBoundingClientRect();
      const [top, bottom] = [Math.max(0, view.top), Math.min(innerHeight, view.bottom)];
      const next = rowsBetween(Math.max(0, top - start), Math.max(0, bottom - start), height, count);
      setSpan((now) => (now.first === next.first && now.end === next.end ? now : next));
    };
    const later = () => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    later();
    // Scrolling is told to the element that scrolls, and to nobody above it unless it is caught on the way.
    addEventListener("scroll", later, { capture: true, passive: true });
    addEventListener("resize", later);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", later, { capture: true });
      removeEventListener("resize", later);
    };
  }, [grid, height, count]);
  return { span, height };
}

/** How tall a row is; rows that tell a refusal are taller. */
function heightOf(body: HTMLTableSectionElement): number | null {
  const rows = [...body.querySelectorAll("tr[data-row]")];
  return rows.length === 0 ? null : Math.min(...rows.map((row) => row.getBoundingClientRect().height));
}
