import type { AccountSummary } from "../../api/accountSummary";
import { ANOMALY_LEVEL } from "../../api/limits";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { dayNumber, type Day } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Marks } from "./marks";
import { indexOf, type Timeline } from "./timeline";

interface Props {
  day: Day;
  timeline: Timeline;
  marks: Marks;
  summary: AccountSummary | null | undefined;
  onClose: () => void;
}

/** The day that somebody was led to: what was expected against what came. */
export function ChosenDay({ day, timeline, marks, summary, onClose }: Props) {
  const t = useText();
  const f = useFormat();
  const anomaly = marks.anomalies.get(dayNumber(day));
  const found = summary?.attention.find(({ code, fecha }) => code === "OUTSIDE_INTERVAL" && fecha === day);
  const at = indexOf(timeline, dayNumber(day));
  const { unfinished } = timeline;
  const seen = unfinished?.day === dayNumber(day) ? unfinished.value : timeline.history[at];
  const actual = anomaly?.actual ?? found?.actual ?? seen ?? null;
  const [lower, upper] = anomaly ? [anomaly.lower, anomaly.upper] : [found?.lower ?? null, found?.upper ?? null];
  const level = anomaly?.level ?? ANOMALY_LEVEL;
  return (
    <div className="card-body">
      <Note tone={anomaly ? "bad" : found ? "warn" : "neutral"} icon={anomaly || found ? "alert" : "info"}>
        <div className="row between">
          <p className="n">
            <span className="strong">{f.weekDay(day)}</span>:{" "}
            {actual === null ? t.account.notObserved : t.account.chosenActual(f.number(actual))}{" "}
            {lower !== null && upper !== null
              ? t.account.chosenExpected(f.number(lower), f.number(upper), f.percent(level))
              : actual !== null && t.account.chosenUnknown}
          </p>
          <Button small onClick={onClose}>
            {t.account.chosenClose}
          </Button>
        </div>
      </Note>
    </div>
  );
}
