import { useMemo } from "react";
import { useAnomalies } from "../../api/anomalies";
import { usePastEvents } from "../../api/covariates";
import type { Daily } from "../../api/daily";
import { useExplanation, type Path, type PathRow } from "../../api/forecasts";
import { useHolidays } from "../../api/holidays";
import { ANOMALY_DAYS } from "../../api/limits";
import { addDays, dayOf, type Day } from "../../format/dates";
import { useCovariateNames } from "../covariates/useCovariateNames";
import { eventsOf, marksOf } from "./marks";
import { boundsOf, type Timeline } from "./timeline";

interface Input {
  handle: string;
  daily: Daily;
  /** Null where no model is trained; undefined while that is not known. */
  path: Path | null | undefined;
  timeline: Timeline | null;
  /** The last day that is forecast. */
  end: PathRow | undefined;
}

/** What the chart marks: what no forecast expected, events of tables, holidays. */
export function useMarks({ handle, daily, path, timeline, end }: Input) {
  const until = daily.days.at(-1)?.fecha;
  const found = useAnomalies(handle, path === null ? undefined : until && oldest(daily, until), until);
  const past = usePastEvents(handle, Boolean(path)).data;
  const coming = useExplanation(handle, path ? end?.fecha : undefined).data?.covariates;
  const nameOf = useCovariateNames((past?.length ?? 0) + (coming?.length ?? 0) > 0);
  const [first, final] = timeline ? boundsOf(timeline) : [];
  const days = useHolidays(
    first === undefined ? undefined : dayOf(first),
    final === undefined ? undefined : dayOf(final),
  );
  const holidays = days.data?.holidays;
  const marks = useMemo(
    () => marksOf(found.data, holidays, eventsOf(past, coming, nameOf)),
    [found.data, holidays, past, coming, nameOf],
  );
  return { marks, found, past, nameOf };
}

/** The earliest day that one answer about anomalies covers. */
function oldest(daily: Daily, until: Day): Day {
  const earliest = addDays(until, 1 - ANOMALY_DAYS);
  const first = daily.days[0]?.fecha ?? earliest;
  return first > earliest ? first : earliest;
}
