import { usePrinting } from "../../components/usePrinting";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Goal } from "../../api/goal";
import type { Values, View } from "../../charts/geometry";
import { dayOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { gainOf, reasonsOf } from "./describe";
import { extraColumns, goalNotes, type ExtraColumn } from "./extraColumns";
import type { Marks } from "./marks";
import type { Timeline } from "./timeline";
import type { Chart } from "./useDrawing";

/** The height of a row in rem: rows that are not in view take their place without being made. */
const ROW_REM = 2.375;
const SPARE_ROWS = 12;

interface Props {
  timeline: Timeline;
  view: View;
  marks: Marks;
  chart: Chart;
  /** Null where the chart draws none. */
  goal: number | null;
  goalDates: Goal["dates"] | null;
}

/** Columns of every table: date, followers, gain; two intervals, baseline, note. */
const FIRST_COLUMNS = ["date", "value", "value"];
const LAST_COLUMNS = ["interval", "interval", "value", "note"];

/** The chart as a table, newest day first, opened where the data end. Of ten years only what is in view is made. */
export function DayTable({ timeline, view, marks, chart, goal, goalDates }: Props) {
  const t = useText();
  const f = useFormat();
  const { comparison, index, indexBefore } = chart;
  const rows = useMemo(() => rowsOf(timeline, view, comparison?.values), [timeline, view, comparison]);
  const extra = useMemo(
    () => extraColumns({ timeline, comparison, index, indexBefore, goal, t, f }),
    [timeline, comparison, index, indexBefore, goal, t, f],
  );
  const columns = [...FIRST_COLUMNS, ...extra.map(() => "extra"), ...LAST_COLUMNS];
  const box = useRef<HTMLDivElement>(null);
  const [{ from, to }, setSeen] = useState({ from: 0, to: 40 });
  const look = () => {
    const element = box.current;
    if (!element) return;
    const height = rowHeight();
    const first = Math.max(0, Math.floor(element.scrollTop / height) - SPARE_ROWS);
    const last = Math.ceil((element.scrollTop + element.clientHeight) / height) + SPARE_ROWS;
    setSeen((seen) => (seen.from === first && seen.to === last ? seen : { from: first, to: last }));
  };
  const lastObserved = rows.findIndex((at) => (timeline.days[at] ?? 0) <= timeline.until);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = Math.max(0, (lastObserved - 4) * rowHeight());
  }, [lastObserved]);

  const isPrinted = usePrinting();
  const [start, end] = isPrinted ? [0, rows.length] : [from, Math.min(to, rows.length)];
  const seen = rows.slice(start, end);
  return (
    <div
      className="days-scroll table-wrap table-top"
      ref={box}
      tabIndex={0}
      role="region"
      aria-label={t.account.tableRegion}
      onScroll={look}
    >
      <table className="days" data-extra={extra.length || undefined} aria-rowcount={rows.length + 1}>
        <caption className="sr">{t.account.tableCaption}</caption>
        <colgroup>
          {columns.map((kind, at) => (
            <col key={at} className={`col-${kind}`} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t.account.date}</th>
            <th scope="col" className="num">
              {t.account.followers}
            </th>
            <th scope="col" className="num">
              {t.account.thatDay}
            </th>
            {extra.map(({ key, name }) => (
              <th key={key} scope="col" className="num">
                {name}
              </th>
            ))}
            <th scope="col" className="num">
              {t.account.interval(f.percent(80))}
            </th>
            <th scope="col" className="num">
              {t.account.interval(f.percent(95))}
            </th>
            <th scope="col" className="num">
              {t.account.baseline}
            </th>
            <th scope="col">{t.account.note}</th>
          </tr>
        </thead>
        <tbody>
          <Spacer rows={Math.min(start, rows.length)} columns={columns.length} />
          {seen.map((at, place) => (
            <DayRow
              key={at}
              at={at}
              rowIndex={start + place + 2}
              timeline={timeline}
              marks={marks}
              extra={extra}
              goalDates={goal === null ? null : goalDates}
            />
          ))}
          <Spacer rows={rows.length - end} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

const rowHeight = () => ROW_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);

/** Days in view that have a value, newest first. */
function rowsOf(
  { days, history, forecast, unfinished }: Timeline,
  [from, to]: View,
  before: Values | undefined,
): number[] {
  const isKnown = (at: number) => [history, forecast, before].some((values) => (values?.[at] ?? null) !== null);
  const rows: number[] = [];
  for (let at = days.length - 1; at >= 0; at--) {
    const day = days[at] ?? 0;
    if (day >= from && day <= to && (isKnown(at) || unfinished?.day === day)) rows.push(at);
  }
  return rows;
}

/** The place of rows that are not made. */
function Spacer({ rows, columns }: { rows: number; columns: number }) {
  const cell = useRef<HTMLTableCellElement>(null);
  useLayoutEffect(() => cell.current?.style.setProperty("height", `${rows * ROW_REM}rem`), [rows]);
  if (rows === 0) return null;
  return (
    <tr className="spacer" aria-hidden="true">
      <td ref={cell} colSpan={columns} />
    </tr>
  );
}

interface RowProps extends Pick<Props, "timeline" | "marks" | "goalDates"> {
  at: number;
  rowIndex: number;
  extra: readonly ExtraColumn[];
}

function DayRow({ at, rowIndex, timeline, marks, extra, goalDates }: RowProps) {
  const t = useText();
  const f = useFormat();
  const { days, history, forecast, band80, band95, baseline, unfinished, firstForecast } = timeline;
  const day = days[at] ?? 0;
  const isUnfinished = unfinished?.day === day;
  const observed = isUnfinished ? unfinished.value : (history[at] ?? null);
  const isForecast = firstForecast !== null && day >= firstForecast && (forecast[at] ?? null) !== null;
  const predicted = isForecast ? (forecast[at] ?? null) : null;
  const interval = (band: { lower: Values; upper: Values }) =>
    isForecast ? t.account.bounds(f.number(band.lower[at]), f.number(band.upper[at])) : "";
  const gain = observed === null ? growthOf(forecast, at) : isUnfinished ? null : gainOf(timeline, at);
  const notes = [
    ...(isForecast
      ? [observed === null ? t.account.isForecast : `${t.account.isForecast} ${f.number(predicted)}`]
      : []),
    ...(isUnfinished ? [t.account.unfinishedLabel] : []),
    ...goalNotes(day, goalDates, t, f),
    ...reasonsOf(day, { marks, t, f }),
  ].join(" · ");
  return (
    <tr aria-rowindex={rowIndex} className={observed === null ? "is-forecast" : undefined}>
      <td className="nowrap">{f.weekDay(dayOf(day))}</td>
      <td className={observed === null ? "num strong fc" : "num strong"}>{f.number(observed ?? predicted)}</td>
      <td className="num">{f.signed(gain)}</td>
      {extra.map(({ key, read }) => (
        <td key={key} className="num nowrap">
          {read(at)}
        </td>
      ))}
      <td className="num nowrap">{interval(band80)}</td>
      <td className="num nowrap soft">{interval(band95)}</td>
      <td className="num nowrap soft">{isForecast ? f.number(baseline[at]) : ""}</td>
      <td className="small soft note-cell" title={notes}>
        {notes}
      </td>
    </tr>
  );
}

function growthOf(values: Values, at: number): number | null {
  const [now, before] = [values[at] ?? null, values[at - 1] ?? null];
  return now === null || before === null ? null : now - before;
}
