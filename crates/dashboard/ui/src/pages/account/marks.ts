import type { Anomalies } from "../../api/anomalies";
import type { Explained } from "../../api/forecasts";
import { dayNumber } from "../../format/dates";
import type { PastEvent } from "../../api/covariates";

export type Anomaly = Anomalies["anomalies"][number];
export type LevelShift = Anomalies["level_shifts"][number];
export type Outlier = Anomalies["outliers"][number];

/** What an event of a table brought, or is expected to add; with its 95 % interval. */
export interface EventMark {
  /** What it is an event of, as people call it. */
  name: string;
  effect: number;
  lower: number;
  upper: number;
  isComing: boolean;
}

/** What is marked on the chart, by days since 1970. */
export interface Marks {
  anomalies: ReadonlyMap<number, Anomaly>;
  shifts: ReadonlyMap<number, LevelShift>;
  outliers: ReadonlyMap<number, Outlier>;
  holidays: ReadonlyMap<number, string>;
  events: ReadonlyMap<number, readonly EventMark[]>;
}

const byDay = <T extends { fecha: string }>(all: readonly T[]): Map<number, T> =>
  new Map(all.map((one) => [dayNumber(one.fecha), one]));

/** Events by days: what those of the past brought, and what those that are announced add to the forecast. */
export function eventsOf(
  past: readonly PastEvent[] | undefined,
  coming: Explained["covariates"] | undefined,
  nameOf: (covariate: string) => string,
): Marks["events"] {
  const marks = [
    ...(past ?? []).map((event) => ({ ...event, isComing: false })),
    ...(coming ?? []).flatMap(({ covariate, events }) =>
      events.map(({ fecha, effect, margin }) => ({
        ...{ fecha, covariate, effect },
        ...{ lower: effect - margin, upper: effect + margin, isComing: true },
      })),
    ),
  ];
  const days = new Map<number, EventMark[]>();
  for (const { fecha, covariate, effect, lower, upper, isComing } of marks) {
    const day = dayNumber(fecha);
    days.set(day, [...(days.get(day) ?? []), { name: nameOf(covariate), effect, lower, upper, isComing }]);
  }
  return days;
}

export function marksOf(
  found: Anomalies | undefined,
  holidays: readonly { fecha: string; name: string }[] | undefined,
  events: Marks["events"] = new Map(),
): Marks {
  return {
    anomalies: byDay(found?.anomalies ?? []),
    shifts: byDay(found?.level_shifts ?? []),
    outliers: byDay(found?.outliers ?? []),
    holidays: new Map(holidays?.map(({ fecha, name }) => [dayNumber(fecha), name])),
    events,
  };
}
