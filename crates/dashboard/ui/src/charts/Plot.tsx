import "uplot/dist/uPlot.min.css";
import { useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState, type Ref } from "react";
import { useText } from "../i18n/text";
import { useIsDark } from "../theme";
import type { Drawing } from "./drawing";
import { PlotEngine } from "./engine";
import { dragged, type View } from "./geometry";
import { Tip, type Description } from "./Tip";
import { usePlotKeys } from "./usePlotKeys";
import { usePlotWheel } from "./usePlotWheel";

export interface PlotHandle {
  /** Puts the cursor on a day and the focus on the chart. */
  point: (day: number) => void;
  /** The chart on a canvas of its own, in so many pixels a CSS pixel. */
  picture: (ratio: number) => Promise<HTMLCanvasElement>;
  /** In CSS pixels. */
  width: () => number;
  /** The days in view. */
  view: () => View;
}

interface Props {
  /** What the chart shows, and where the same values are as a table. */
  label: string;
  drawing: Drawing;
  /** The first and the last day that there are. */
  bounds: View;
  /** Called with the days to show; null goes back to what was chosen last. Without it the chart does not zoom. */
  onZoom?: (view: View | null) => void;
  describe: (at: number) => Description;
  ref?: Ref<PlotHandle>;
}

/** A chart of days: by pointer, finger and keys, in both themes, and on paper. */
export function Plot({ label, drawing, bounds, onZoom, describe, ref }: Props) {
  const t = useText();
  const id = useId();
  const isDark = useIsDark();
  const host = useRef<HTMLDivElement>(null);
  const engine = useRef<PlotEngine>(null);
  const latest = useRef({ drawing, bounds, onZoom });
  const [at, setAt] = useState<number | null>(null);
  const [isByKeys, setByKeys] = useState(false);

  useLayoutEffect(() => {
    latest.current = { drawing, bounds, onZoom };
    engine.current?.show(drawing);
  }, [drawing, bounds, onZoom]);
  useEffect(() => {
    if (!host.current) return;
    const made = new PlotEngine(host.current, latest.current.drawing, {
      onPointer: setAt,
      onDrag: (one, other) => latest.current.onZoom?.(dragged(one, other, latest.current.bounds)),
      onDoubleClick: () => latest.current.onZoom?.(null),
    });
    engine.current = made;
    return () => {
      engine.current = null;
      made.destroy();
    };
  }, []);
  useEffect(() => engine.current?.recolor(), [isDark]);
  usePlotWheel(host, engine, latest);

  const point = (index: number | null) => {
    setAt(index);
    engine.current?.point(index);
  };
  const onKeyDown = usePlotKeys({ drawing, bounds, at, onZoom, point, onUse: () => setByKeys(true) });
  useImperativeHandle(ref, () => ({
    point: (day) => {
      host.current?.focus({ preventScroll: true });
      host.current?.scrollIntoView({ block: "center" });
      setByKeys(true);
      // The days in view may change together with this, and the place of the day with them.
      requestAnimationFrame(() => point(latest.current.drawing.days.indexOf(day)));
    },
    view: () => latest.current.drawing.view,
    picture: (ratio) =>
      engine.current ? engine.current.picture(ratio) : Promise.reject(new Error("no chart is drawn")),
    width: () => host.current?.clientWidth ?? 0,
  }));

  const isKnown = at !== null && at < drawing.days.length;
  const description = isKnown ? describe(at) : null;
  return (
    <>
      <div
        ref={host}
        className="chart"
        role="application"
        aria-label={label}
        aria-describedby={id}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerMove={() => setByKeys(false)}
        onBlur={() => point(null)}
      >
        {isKnown && description && <Tip engine={engine} at={at} description={description} />}
      </div>
      <p className="sr" id={id}>
        {t.charts.keys}
      </p>
      <p className="sr" aria-live="polite">
        {isByKeys && description && spoken(description)}
      </p>
    </>
  );
}

const spoken = ({ title, rows, notes }: Description): string =>
  [title, ...rows.map(([name, value]) => `${name}: ${value}`), ...notes].join(". ");
