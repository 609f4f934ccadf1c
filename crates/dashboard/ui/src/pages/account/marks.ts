import type { Anomalies } from "../../api/anomalies";
import { dayNumber } from "../../format/dates";

export type Anomaly = Anomalies["anomalies"][number];
export type LevelShift = Anomalies["level_shifts"][number];
export type Outlier = Anomalies["outliers"][number];

/** What is marked on the chart, by days since 1970. */
export interface Marks {
  anomalies: ReadonlyMap<number, Anomaly>;
  shifts: ReadonlyMap<number, LevelShift>;
  outliers: ReadonlyMap<number, Outlier>;
  holidays: ReadonlyMap<number, string>;
}

const byDay = <T extends { fecha: string }>(all: readonly T[]): Map<number, T> =>
  new Map(all.map((one) => [dayNumber(one.fecha), one]));

export function marksOf(
  found: Anomalies | undefined,
  holidays: readonly { fecha: string; name: string }[] | undefined,
): Marks {
  return {
    anomalies: byDay(found?.anomalies ?? []),
    shifts: byDay(found?.level_shifts ?? []),
    outliers: byDay(found?.outliers ?? []),
    holidays: new Map(holidays?.map(({ fecha, name }) => [dayNumber(fecha), name])),
  };
}
