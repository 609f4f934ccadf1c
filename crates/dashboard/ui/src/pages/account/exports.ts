import { csvOf, type Cell } from "../../charts/csv";
import type { Daily } from "../../api/daily";
import type { PathRow } from "../../api/forecasts";
import { dayNumber } from "../../format/dates";
import type { Format } from "../../format/useFormat";
import type { Dictionary } from "../../i18n/es";
import { reasonsOf } from "./describe";
import type { Marks } from "./marks";

/** History and forecast as the API gave them, one row a day. Every row names the zone in which its day ends. */
export function accountCsv(daily: Daily, rows: readonly PathRow[], marks: Marks, t: Dictionary, f: Format): string {
  const words = t.account.csv;
  const zone = daily.zona_horaria;
  const note = (date: string) => reasonsOf(dayNumber(date), { marks, t, f }).join(" · ");
  const head: Cell[] = [
    words.date,
    words.zone,
    words.kind,
    words.followers,
    words.complete,
    words.posts,
    words.lower80,
    words.upper80,
    words.lower95,
    words.upper95,
    words.baseline,
    words.note,
  ];
  const observed = daily.days.map(({ fecha, seguidores, complete, tweets }): Cell[] => {
    const whole = complete ? words.yes : words.no;
    return [fecha, zone, words.observed, seguidores, whole, tweets, null, null, null, null, null, note(fecha)];
  });
  const forecast = rows.map(({ fecha, prediction, intervals, baseline }): Cell[] => {
    const bound = (level: number, side: "lower" | "upper") =>
      intervals.find((interval) => interval.level === level)?.[side] ?? null;
    const bounds = [bound(80, "lower"), bound(80, "upper"), bound(95, "lower"), bound(95, "upper")];
    return [fecha, zone, words.forecast, prediction, null, null, ...bounds, baseline, note(fecha)];
  });
  return csvOf([head, ...observed, ...forecast]);
}
