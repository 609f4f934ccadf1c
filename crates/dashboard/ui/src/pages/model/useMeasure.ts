import type { ModelInfo } from "../../api/models";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { decimalsOf } from "./verdict";

/** How errors and steps of a model are written. */
export function useMeasure(grid: ModelInfo["grid"] = "daily") {
  const t = useText();
  const format = useFormat();
  const unit = grid === "daily" ? t.model.day : t.model.hour;
  /** `±41`: as many decimals as the smallest of the errors that stand together needs. */
  const error = (value: number, among: number = value) => `±${format.number(value, decimalsOf(among))}`;
  const steps = (count: number) => `${format.number(count)} ${count === 1 ? unit.one : unit.many}`;
  /** `3 a 4 días` */
  const range = (from: number, until: number | null) => {
    const [one, many, between] =
      grid === "daily"
        ? [t.model.aheadOne, t.model.aheadDays, t.model.aheadRange]
        : [t.model.hoursOne, t.model.hoursMany, t.model.hoursRange];
    if (until === null) return t.model.aheadFrom(format.number(from));
    if (from === until) return from === 1 ? one(format.number(from)) : many(format.number(from));
    return between(format.number(from), format.number(until));
  };
  /** `24 % menos`, `2.5 veces`: an error against another one. */
  const against = (gain: number) => {
    const share = format.share(Math.abs(gain));
    if (share === format.share(0)) return t.model.equal;
    if (gain > 0) return t.model.smaller(share);
    return gain > -1 ? t.model.larger(share) : t.model.times(format.number(1 - gain, gain > -9 ? 1 : 0));
  };
  return { error, steps, range, against };
}
