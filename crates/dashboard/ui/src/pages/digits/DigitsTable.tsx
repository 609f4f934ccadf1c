import { useState } from "react";
import type { DigitRead } from "../../api/digits";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Chosen } from "./useChosen";
import { useSureWords } from "./useSureWords";

/** With more digits than this, first come only those that somebody should look at. */
const FEW = 12;

/** Every digit with its sureness and what else it may be: the same as over the picture. */
export function DigitsTable({ digits, chosen }: { digits: readonly DigitRead[]; chosen: Chosen }) {
  const t = useText().digits;
  const format = useFormat();
  const [isAll, setAll] = useState(digits.length <= FEW);
  const rows = digits.map((digit, at) => ({ digit, at })).filter(({ digit }) => isAll || digit.revisar);
  return (
    <div>
      {rows.length > 0 && (
        <div className="table-wrap">
          <table className="dg-table">
            <thead>
              <tr>
                <th scope="col">{t.table.digit}</th>
                <th scope="col">{t.table.sureness}</th>
                <th scope="col">{t.table.others}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ digit, at }) => (
                <Row key={at} digit={digit} at={at} chosen={chosen} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {!isAll && (
        <div className="list-more">
          <Button small onClick={() => setAll(true)}>
            {t.table.all(format.number(digits.length))}
          </Button>
        </div>
      )}
    </div>
  );
}

function Row({ digit, at, chosen }: { digit: DigitRead; at: number; chosen: Chosen }) {
  const t = useText().digits;
  const words = useSureWords();
  const others = words.others(digit);
  return (
    <tr
      className={chosen.at === at ? "dg-chosen" : undefined}
      onPointerEnter={(event) => event.pointerType !== "touch" && chosen.hover(at)}
      onPointerLeave={() => chosen.hover(null)}
    >
      <td className="dg-digit n">{digit.digito}</td>
      <td>
        {words.sure(digit)}
        {digit.revisar && (
          <span className="dg-warn small">
            <Icon name="alert" small /> {t.review.one}
          </span>
        )}
      </td>
      <td className="soft n">{others.length > 0 ? others.join(" · ") : t.table.none}</td>
    </tr>
  );
}
