import { useState } from "react";
import { dayOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { IndexedAccount } from "./GrowthChart";

interface Props {
  days: readonly number[];
  accounts: readonly IndexedAccount[];
}

/** The chart as a table, newest day first. It is made when it is opened, because few look at it. */
export function GrowthTable(props: Props) {
  const t = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="small growth-twin" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.overview.growthTable}</summary>
      {isOpen && <Days {...props} />}
    </details>
  );
}

function Days({ days, accounts }: Props) {
  const t = useText();
  const format = useFormat();
  const known = days
    .map((day, at) => ({ day, at }))
    .filter(({ at }) => accounts.some(({ values }) => values[at] !== null))
    .reverse();
  return (
    <div className="growth-days" tabIndex={0} role="region" aria-label={t.overview.growth}>
      <table>
        <caption className="sr">{t.overview.growthLabel(accounts.length)}</caption>
        <thead>
          <tr>
            <th scope="col">{t.overview.growthDay}</th>
            {accounts.map(({ handle }) => (
              <th key={handle} scope="col" className="num">
                <bdi>{handle}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {known.map(({ day, at }) => (
            <tr key={day}>
              <th scope="row" className="nowrap">
                {format.weekDay(dayOf(day))}
              </th>
              {accounts.map(({ handle, values }) => (
                <td key={handle} className="num">
                  {format.number(values[at], 2)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
