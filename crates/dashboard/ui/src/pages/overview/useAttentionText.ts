import { ANOMALY_LEVEL } from "../../api/limits";
import type { Attention } from "../../api/overview";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

/** What needs attention, with the reader's numbers and dates; in the server's words where it does not tell them. */
export function useAttentionText(): (attention: Attention) => string {
  const t = useText();
  const format = useFormat();
  return ({ code, message, fecha, actual, lower, upper, days }) => {
    if (code === "MODEL_UNTRAINED") return t.overview.untrained;
    if (code === "BASELINE_SERVES") return t.overview.baseline;
    if (!fecha) return message;
    const day = format.shortDay(fecha);
    if (code === "DATA_STALE") return typeof days !== "number" ? message : t.overview.stale(days, day);
    if (typeof actual !== "number" || typeof lower !== "number" || typeof upper !== "number") return message;
    const text = actual < lower ? t.overview.below : t.overview.above;
    return text(day, format.number(actual), format.percent(ANOMALY_LEVEL), format.number(lower), format.number(upper));
  };
}
