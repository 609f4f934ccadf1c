import { useText } from "../../i18n/text";
import { Meaning } from "./Meaning";
import type { Timeline } from "./timeline";
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
  const { isFromZero, isCompact, isIndexed } = settings;
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
      <Meaning timeline={timeline} chart={chart} settings={settings} />
    </div>
  );
}
