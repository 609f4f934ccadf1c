import { useState } from "react";
import type { PastEvent } from "../../api/covariates";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { dayNumber } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

interface Props {
  events: readonly PastEvent[];
  nameOf: (covariate: string) => string;
  onShow: (day: number) => void;
}

const FIRST = 8;

/** What each event of a table brought, newest first; each leads to its day on the chart. */
export function EventsCard({ events, nameOf, onShow }: Props) {
  const t = useText();
  const [isWhole, setWhole] = useState(false);
  const newest = events.toReversed();
  return (
    <Card title={t.account.eventsTitle} note={t.account.eventsNote} flush>
      <div className="table-wrap table-top">
        <table className="events">
          <caption className="sr">{t.account.eventsTitle}</caption>
          <thead>
            <tr>
              <th scope="col">{t.account.date}</th>
              <th scope="col">{t.account.eventOf}</th>
              <th scope="col" className="num hide-s">
                {t.account.eventExpected}
              </th>
              <th scope="col" className="num hide-s">
                {t.account.eventObserved}
              </th>
              <th scope="col" className="num">
                {t.account.eventBrought}
              </th>
            </tr>
          </thead>
          <tbody>
            {(isWhole ? newest : newest.slice(0, FIRST)).map((event) => (
              <EventRow
                key={`${event.fecha}/${event.covariate}`}
                event={event}
                name={nameOf(event.covariate)}
                onShow={onShow}
              />
            ))}
          </tbody>
        </table>
      </div>
      {newest.length > FIRST && !isWhole && (
        <div className="card-body">
          <Button small onClick={() => setWhole(true)}>
            {t.common.more}
          </Button>
        </div>
      )}
    </Card>
  );
}

function EventRow({ event, name, onShow }: { event: PastEvent; name: string; onShow: Props["onShow"] }) {
  const t = useText();
  const f = useFormat();
  const { fecha, value, expected, observed, effect, lower, upper, found } = event;
  return (
    <tr>
      <td className="nowrap">
        <button type="button" className="link" onClick={() => onShow(dayNumber(fecha))}>
          {f.day(fecha)}
        </button>
      </td>
      <td>
        <bdi>{name}</bdi>
        {value !== 1 && <span className="muted"> {f.number(value, Number.isInteger(value) ? 0 : 2)}</span>}
      </td>
      <td className="num soft hide-s">{f.signed(expected)}</td>
      <td className="num soft hide-s">{f.signed(observed)}</td>
      <td className="num">
        <span className={found ? "strong" : "muted"}>{f.signed(effect)}</span>
        <span className="sub-line">{t.account.eventInterval(f.signed(lower), f.signed(upper))}</span>
        {!found && <Badge>{t.account.eventUnsure}</Badge>}
      </td>
    </tr>
  );
}
