import type { DigitRead } from "../../api/digits";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { othersOf, roundedShare, surenessOf } from "./sureness";

/** How sure digits are, as the page says it. */
export function useSureWords() {
  const t = useText().digits;
  const format = useFormat();
  const share = (value: number): string => {
    const { bound, percent } = roundedShare(value);
    const text = format.share(percent / 100, Number.isInteger(percent) ? 0 : 1);
    return bound === null ? text : t.bounds[bound](text);
  };
  const sure = (digit: DigitRead): string => t.sure(t.sureness[surenessOf(digit)], share(digit.probabilidad));
  const others = (digit: DigitRead): string[] =>
    othersOf(digit).map(({ digito, probabilidad }) => t.other(`${digito}`, share(probabilidad)));
  const whole = (digit: DigitRead, place: number, of: number): string => {
    const rest = others(digit);
    const sentences = [`${t.digitOf(place, of, `${digit.digito}`)}: ${sure(digit)}`];
    if (digit.revisar) sentences.push(t.review.one);
    if (rest.length > 0) sentences.push(t.orElse(rest.join(", ")));
    return `${sentences.join(". ")}.`;
  };
  return { share, sure, others, whole };
}
