import { useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Day } from "../../../format/dates";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { PreviewTip } from "./PreviewTip";
import { pathsOf, scaleOf, type Frame, type PreviewDay, type Scale } from "./previewDays";
import { useWidth } from "./useWidth";

const HEIGHT = 236;
const DIGIT = 7.5;

/** What is stored, and over it what would be. Arrow keys walk the days. */
export function PreviewChart({ days, label }: { days: readonly PreviewDay[]; label: string }) {
  const t = useText();
  const format = useFormat();
  const [box, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const highest = Math.max(...days.flatMap(({ now, then }) => [now ?? 0, then]));
  const left = Math.ceil(format.number(highest).length * DIGIT) + 14;
  const frame: Frame = useMemo(() => ({ left, right: width - 8, top: 12, bottom: HEIGHT - 44 }), [left, width]);
  const scale = useMemo(() => scaleOf(days, frame), [days, frame]);
  const shown = at === null ? undefined : days[at];

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setAt(nearest(days, scale, x));
  };
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") return setAt(null);
    if (!step) return;
    event.preventDefault();
    setAt(Math.min(days.length - 1, Math.max(0, (at ?? days.length - (step > 0 ? 1 : 0)) + step)));
  };

  return (
    <div
      className="chart preview-chart"
      ref={box}
      role="group"
      tabIndex={0}
      aria-label={`${label} ${t.data.preview.keys}`}
      onPointerMove={point}
      onPointerLeave={() => setAt(null)}
      onKeyDown={walk}
      onBlur={() => setAt(null)}
    >
      {width > 0 && (
        <svg width={width} height={HEIGHT} aria-hidden="true">
          <Axes scale={scale} frame={frame} />
          <Lines days={days} scale={scale} />
          {shown && <line className="pv-cursor" {...vertical(scale.x(shown.day), frame)} />}
        </svg>
      )}
      {shown && (
        <PreviewTip day={shown} x={scale.x(shown.day)} width={width} isLow={scale.y(shown.then) > HEIGHT / 2} />
      )}
    </div>
  );
}

const vertical = (x: number, { top, bottom }: Frame) => ({ x1: x, x2: x, y1: top, y2: bottom });

function nearest(days: readonly PreviewDay[], scale: Scale, x: number): number {
  const distance = (index: number) => Math.abs(scale.x(days[index]?.day ?? "") - x);
  return days.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0);
}

function Lines({ days, scale }: { days: readonly PreviewDay[]; scale: Scale }) {
  const { now, then, alone } = useMemo(() => pathsOf(days, scale), [days, scale]);
  return (
    <>
      <path className="pv-now" d={now} />
      <path className="pv-then" d={then} />
      {alone.map((day) => (
        <circle key={day.day} className="pv-dot" r={3.5} cx={scale.x(day.day)} cy={scale.y(day.then)} />
      ))}
    </>
  );
}

function Axes({ scale, frame }: { scale: Scale; frame: Frame }) {
  const format = useFormat();
  const name = (day: Day) =>
    scale.unit === "day"
      ? format.shortDay(day)
      : scale.unit === "year"
        ? day.slice(0, 4)
        : format.shortDay(day).split(" ").at(-1);
  return (
    <>
      {scale.values.map((value) => (
        <g key={value}>
          <line className="pv-grid" x1={frame.left} x2={frame.right} y1={scale.y(value)} y2={scale.y(value)} />
          <text className="pv-text" x={frame.left - 8} y={scale.y(value) + 4} textAnchor="end">
            {format.number(value)}
          </text>
        </g>
      ))}
      {scale.ticks.map((day, index) => (
        <text
          key={day}
          className="pv-text"
          x={scale.x(day)}
          y={frame.bottom + 20}
          textAnchor={index === 0 ? "start" : "middle"}
        >
          {name(day)}
          {scale.unit !== "year" && (index === 0 || day.slice(5) === "01-01") && (
            <tspan x={scale.x(day)} dy={16}>
              {day.slice(0, 4)}
            </tspan>
          )}
        </text>
      ))}
    </>
  );
}
