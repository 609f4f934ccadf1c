import type { DigitRead } from "../../api/digits";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { useSureWords } from "./useSureWords";

/** How sure a digit is, and what else it may be. Readers hear the same from its frame. */
export function DigitTip({ digit }: { digit: DigitRead }) {
  const t = useText().digits;
  const words = useSureWords();
  return (
    <div className="dg-tip" aria-hidden="true">
      <p>
        <span className="strong">{digit.digito}</span> · {words.sure(digit)}
      </p>
      {digit.revisar && (
        <p className="dg-warn">
          <Icon name="alert" small /> {t.review.one}
        </p>
      )}
      <ul>
        {digit.alternativas.map(({ digito, probabilidad }) => (
          <li key={digito}>
            <span className="n">{digito}</span>
            <span className="bar">
              <span ref={(bar) => void bar?.style.setProperty("--w", `${probabilidad * 100}%`)} />
            </span>
            <span className="n">{words.share(probabilidad)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
