import { dayOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { firstSeen, type Timeline } from "./timeline";
import type { Chart } from "./useDrawing";
import type { AccountView } from "./view";

interface Props {
  timeline: Timeline;
  chart: Chart;
  settings: AccountView;
}

/** What an index or a comparison is of. */
export function Meaning({ timeline, chart, settings }: Props) {
  const t = useText();
  const f = useFormat();
  const { view } = chart.drawing;
  const day = (number: number) => f.day(dayOf(number));
  const start = timeline.days.find(
    (one) => one >= view[0] && firstSeen(timeline.days, timeline.history, [one, one]) !== null,
  );
  const { comparison } = chart;
  const length = Math.min(view[1], timeline.unfinished ? timeline.until - 1 : timeline.until) - view[0] + 1;
  if (!settings.isIndexed && !settings.isCompared) return null;
  return (
    <p className="xs muted">
      {settings.isIndexed && start !== undefined && `${t.account.indexNote(day(start))} `}
      {settings.isIndexed && comparison && `${t.account.indexNoteTwo} `}
      {settings.isCompared &&
        (comparison
          ? t.account.comparedNote(comparison.by, day(comparison.from), day(comparison.to))
          : view[0] <= (timeline.days[0] ?? 0)
            ? t.account.notComparedAtAll
            : t.account.notCompared(day(view[0] - length), day(view[0] - 1)))}
    </p>
  );
}
