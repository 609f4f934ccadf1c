import { useEffect, type RefObject } from "react";
import type { Drawing } from "./drawing";
import type { PlotEngine } from "./engine";
import { zoomed, type View } from "./geometry";

interface Latest {
  drawing: Drawing;
  bounds: View;
  onZoom?: ((view: View | null) => void) | undefined;
}

/**
 * The wheel zooms where it is meant for the chart: with Ctrl, as a pinch of a touchpad sends it, or after a click into the
 * chart. Else it scrolls the page. A finger walks the days.
 */
export function usePlotWheel(
  host: RefObject<HTMLElement | null>,
  engine: RefObject<PlotEngine | null>,
  latest: RefObject<Latest>,
): void {
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      const { drawing, bounds, onZoom } = latest.current;
      if (!onZoom || !engine.current || !(event.ctrlKey || document.activeElement === element)) return;
      event.preventDefault();
      const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300)));
      onZoom(zoomed(drawing.view, factor, engine.current.dayAt(event.clientX), bounds));
    };
    const onTouch = (event: PointerEvent) => {
      if (event.pointerType === "touch") engine.current?.point(engine.current.indexAt(event.clientX));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    element.addEventListener("pointermove", onTouch);
    return () => {
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("pointermove", onTouch);
    };
  }, [host, engine, latest]);
}
