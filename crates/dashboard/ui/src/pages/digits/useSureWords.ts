import type { DigitRead, DigitsRead } from "../../api/digits";
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
  /** Whether somebody should look at the reading, and how much of it. */
  const review = ({ digitos, revisar }: DigitsRead): string => {
    const doubtful = digitos.filter((digit) => digit.revisar).length;
    if (doubtful > 0) return t.review.some(doubtful, format.number(doubtful));
    return revisar ? t.review.whole : t.review.none;
  };
  /** The reading for those who hear it, digit by digit. */
  const heard = (answer: DigitsRead): string =>
    answer.digitos.length > 0 ? `${t.reading}: ${[...answer.lectura].join(" ")}. ${review(answer)}.` : t.noneFound;
  return { share, sure, others, whole, review, heard };
}
