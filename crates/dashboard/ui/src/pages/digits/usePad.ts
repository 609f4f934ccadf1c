import { useEffect, useRef, type PointerEvent, type RefObject } from "react";
import { ink, PAPER, type Stroke } from "./strokes";

/** Nearer than this, in units of the paper, a point tells nothing new. */
const STEP = 4;

/** Drawing on a canvas with a mouse, a finger or a pen. A stroke is added when it is done. */
export function usePad(
  canvas: RefObject<HTMLCanvasElement | null>,
  strokes: readonly Stroke[],
  onStroke: (s: Stroke) => void,
) {
  const going = useRef<{ pointer: number; points: number[] } | null>(null);
  useEffect(() => {
    const repaint = () => paint(canvas.current, strokes, going.current?.points);
    repaint();
    const size = new ResizeObserver(repaint);
    if (canvas.current) size.observe(canvas.current);
    return () => size.disconnect();
  }, [canvas, strokes]);

  useEffect(() => {
    // A fast stroke is no swipe either, after which browsers take the next tap for a stop. React's own are passive.
    const stop = (event: TouchEvent) => event.preventDefault();
    const pad = canvas.current;
    pad?.addEventListener("touchstart", stop, { passive: false });
    return () => pad?.removeEventListener("touchstart", stop);
  }, [canvas]);

  const add = (event: PointerEvent<HTMLCanvasElement>) => {
    const points = going.current?.points;
    if (!points) return;
    const box = event.currentTarget.getBoundingClientRect();
    for (const { clientX, clientY } of together(event.nativeEvent)) {
      const x = Math.round(((clientX - box.left) / box.width) * PAPER.width);
      const y = Math.round(((clientY - box.top) / box.height) * PAPER.height);
      const [lastX, lastY] = [points.at(-2), points.at(-1)];
      if (lastX === undefined || lastY === undefined || Math.hypot(x - lastX, y - lastY) >= STEP) points.push(x, y);
    }
    paint(canvas.current, strokes, points);
  };
  const isMine = (event: PointerEvent) => going.current?.pointer === event.pointerId;
  const end = (event: PointerEvent) => {
    const points = going.current?.points;
    if (!points || !isMine(event)) return;
    going.current = null;
    onStroke(points);
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => {
      // One finger draws; a palm or a second finger beside it does not.
      if (going.current || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      going.current = { pointer: event.pointerId, points: [] };
      add(event);
    },
    onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => isMine(event) && add(event),
    onPointerUp: end,
    onPointerCancel: end,
  };
}

/** Every place where the pointer was since the last event, where the browser tells them. */
function together(event: globalThis.PointerEvent): readonly globalThis.PointerEvent[] {
  const all = event.getCoalescedEvents?.() ?? [];
  return all.length > 0 ? all : [event];
}

function paint(canvas: HTMLCanvasElement | null, strokes: readonly Stroke[], going: Stroke | undefined): void {
  const ctx = canvas?.getContext("2d");
  if (!canvas || !ctx) return;
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  ctx.setTransform(width / PAPER.width, 0, 0, height / PAPER.height, 0, 0);
  ctx.clearRect(0, 0, PAPER.width, PAPER.height);
  ink(ctx, going ? [...strokes, going] : strokes);
}
