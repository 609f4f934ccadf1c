import { dayOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { firstSeen, type Timeline } from "./timeline";
import type { Chart } from "./useDrawing";
import type { AccountView, ChangeView } from "./view";

interface Props {
  timeline: Timeline;
  chart: Chart;
  settings: AccountView;
  onChange: ChangeView;
  onResetZoom: (() => void) | undefined;
}

/** What the chart hides or changes, said below it, each with its way back. */
export function AxisNote({ timeline, chart, settings, onChange, onResetZoom }: Props) {
  const t = useText();
  const { isFromZero, isCompact, isIndexed, isCompared } = settings;
  return (
    <div className="stack-s">
      <div className="axis-note">
        <span>
          {isFromZero ? t.charts.axisFromZero : t.charts.axisNotFromZero}{" "}
          <button className="link" type="button" onClick={() => onChange({ isFromZero: !isFromZero })}>
            {isFromZero ? t.charts.fitToData : t.charts.fromZero}
          </button>
        </span>
        {!isIndexed && (
          <span>
            {isCompact ? t.charts.compactNumbers : t.charts.wholeNumbers}{" "}
            <button className="link" type="button" onClick={() => onChange({ isCompact: !isCompact })}>
              {isCompact ? t.charts.whole : t.charts.compact}
            </button>
          </span>
        )}
        {onResetZoom ? (
          <button className="link" type="button" onClick={onResetZoom}>
            {t.charts.resetZoom}
          </button>
        ) : (
          <span className="hide-s">{t.charts.hint}</span>
        )}
      </div>
      {(isIndexed || isCompared) && <Meaning timeline={timeline} chart={chart} settings={settings} />}
    </div>
  );
}

/** What an index or a comparison is of. */
function Meaning({ timeline, chart, settings }: Pick<Props, "timeline" | "chart" | "settings">) {
  const t = useText();
  const f = useFormat();
  const { view } = chart.drawing;
  const day = (number: number) => f.day(dayOf(number));
  const start = timeline.days.find(
    (one) => one >= view[0] && firstSeen(timeline.days, timeline.history, [one, one]) !== null,
  );
  const { comparison } = chart;
  const length = Math.min(view[1], timeline.unfinished ? timeline.until - 1 : timeline.until) - view[0] + 1;
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
