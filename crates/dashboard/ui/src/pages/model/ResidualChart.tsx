import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { runs, tick, type Residual, type Residuals } from "./residuals";

const HEIGHT = 220;
const LEFT = 52;
const RIGHT = 12;
const BOTTOM = 24;
const TOP = 10;

/** Each past day: what came less what was forecast, on the interval that was forecast for it. */
export function ResidualChart({ data }: { data: Residuals }) {
  const t = useText();
  const format = useFormat();
  const [box, width] = useWidth();
  const [chosen, setChosen] = useState<number | null>(null);
  const { days, span, reach } = data;

  const x = (at: number) => LEFT + (span === 0 ? 0.5 : at / span) * (width - LEFT - RIGHT);
  const middle = TOP + (HEIGHT - TOP - BOTTOM) / 2;
  const y = (difference: number) => middle - (difference / reach) * ((HEIGHT - TOP - BOTTOM) / 2);
  const step = tick(reach);
  const lines = [-2, -1, 0, 1, 2].map((times) => times * step).filter((value) => Math.abs(value) <= reach);
  const day = chosen === null ? undefined : days[chosen];

  const walk = (event: KeyboardEvent) => {
    const last = days.length - 1;
    const from = chosen ?? last;
    const far = event.shiftKey ? 7 : 1;
    const next = { ArrowLeft: chosen === null ? last : from - far, ArrowRight: from + far, Home: 0, End: last }[
      event.key
    ];
    if (event.key === "Escape") setChosen(null);
    else if (next === undefined) return;
    else setChosen(Math.max(0, Math.min(last, next)));
    event.preventDefault();
  };
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const offset = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setChosen(nearest(days, (day) => Math.abs(x(day.at) - offset)));
  };

  return (
    <div className="stack-s">
      <div
        ref={box}
        className="residuals"
        tabIndex={0}
        role="application"
        aria-label={t.model.chartLabel}
        onKeyDown={walk}
      >
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            aria-hidden="true"
            onPointerMove={point}
            onPointerLeave={() => setChosen(null)}
          >
            {lines.map((value) => (
              <g key={value}>
                <line
                  className={value === 0 ? "zero" : "grid"}
                  x1={LEFT}
                  x2={width - RIGHT}
                  y1={y(value)}
                  y2={y(value)}
                />
                <text x={LEFT - 8} y={y(value)} dy="0.32em" textAnchor="end">
                  {format.signed(value)}
                </text>
              </g>
            ))}
            {runs(days).map((run) => (
              <path key={run[0]?.fecha} className="band" d={bandPath(run, x, y)} />
            ))}
            {day && <line className="cursor" x1={x(day.at)} x2={x(day.at)} y1={TOP} y2={HEIGHT - BOTTOM} />}
            {days.map((one) => (
              <circle
                key={one.fecha}
                className={one.isInside ? "in" : "out"}
                cx={x(one.at)}
                cy={y(one.difference)}
                r={one === day ? 5 : one.isInside ? 2.5 : 4}
              />
            ))}
            <DateLabels days={days} x={x} width={width} />
          </svg>
        )}
      </div>
      <p className="small soft n residual-reading" aria-live="polite">
        {day ? <Reading day={day} /> : <span className="muted">{t.model.pickDay}</span>}
      </p>
    </div>
  );
}

function Reading({ day }: { day: Residual }) {
  const { model } = useText();
  const format = useFormat();
  const { actual, prediction, lower, upper } = day.past;
  return model.dayReading(
    format.weekDay(day.fecha),
    format.number(actual),
    format.number(prediction),
    format.number(lower),
    format.number(upper),
  );
}

/** The first, the last, and as many days between as there is room for. */
function DateLabels({ days, x, width }: { days: readonly Residual[]; x: (at: number) => number; width: number }) {
  const format = useFormat();
  const count = Math.max(2, Math.min(7, Math.floor((width - LEFT) / 110)));
  const last = days.length - 1;
  const shown = [...new Set(Array.from({ length: count }, (_, at) => Math.round((at / (count - 1)) * last)))];
  return shown.map((at) => {
    const day = days[at];
    if (!day) return null;
    const anchor = at === 0 ? "start" : at === last ? "end" : "middle";
    return (
      <text key={day.fecha} x={x(day.at)} y={HEIGHT - 6} textAnchor={anchor}>
        {format.shortDay(day.fecha)}
      </text>
    );
  });
}

/** A lone day has a band as wide as a point, so that it is seen. */
function bandPath(run: readonly Residual[], x: (at: number) => number, y: (difference: number) => number): string {
  const half = 0.5;
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last) return "";
  const up = run.map((day) => `${x(day.at)},${y(day.upper)}`);
  const down = run.map((day) => `${x(day.at)},${y(day.lower)}`).reverse();
  const start = [`${x(first.at - half)},${y(first.lower)}`, `${x(first.at - half)},${y(first.upper)}`];
  const end = [`${x(last.at + half)},${y(last.upper)}`, `${x(last.at + half)},${y(last.lower)}`];
  return `M${[...start, ...up, ...end, ...down].join("L")}Z`;
}

function nearest(days: readonly Residual[], distance: (day: Residual) => number): number | null {
  let best: number | null = null;
  days.forEach((day, at) => {
    const held = best === null ? undefined : days[best];
    if (!held || distance(day) < distance(held)) best = at;
  });
  return best;
}

/** The width that the chart has, followed as it changes. */
function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
