import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import type { Anomalies } from "../../api/anomalies";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Icon, type IconName } from "../../components/Icon";
import { Loaded, Skeleton } from "../../components/States";
import { dayNumber } from "../../format/dates";
import { useFormat, type Format } from "../../format/useFormat";
import type { Dictionary } from "../../i18n/es";
import { useText } from "../../i18n/text";

interface Entry {
  date: string;
  tone: "is-bad" | "is-warn";
  icon: IconName;
  amount: string;
  reason: string;
}

const FIRST = 6;

/** Days that no forecast expected, newest first; each leads to its place on the chart. */
export function MarksCard({ query, onShow }: { query: UseQueryResult<Anomalies>; onShow: (day: number) => void }) {
  const t = useText();
  const f = useFormat();
  const [isWhole, setWhole] = useState(false);
  return (
    <Card title={t.account.marksTitle} note={query.data && t.account.marksSpan(f.day(query.data.from))} flush>
      <Loaded query={query} skeleton={<Skeleton className="skel-block" />}>
        {(found) => {
          const entries = entriesOf(found, t, f);
          if (entries.length === 0) return <p className="card-body small soft">{t.account.marksNone(found.checked)}</p>;
          return (
            <>
              <ul className="marks">
                {(isWhole ? entries : entries.slice(0, FIRST)).map((entry) => (
                  <EntryRow key={entry.date + entry.reason} entry={entry} onShow={onShow} />
                ))}
              </ul>
              {entries.length > FIRST && !isWhole && (
                <div className="card-body">
                  <Button small onClick={() => setWhole(true)}>
                    {t.common.more}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function EntryRow({ entry, onShow }: { entry: Entry; onShow: (day: number) => void }) {
  const f = useFormat();
  return (
    <li>
      <span className={entry.tone}>
        <Icon name={entry.icon} />
      </span>
      <button className="mark-open" type="button" onClick={() => onShow(dayNumber(entry.date))}>
        <span className="row-tight between">
          <span className="strong n">{f.day(entry.date)}</span>
          <span className="strong n">{entry.amount}</span>
        </span>
        <span className="xs muted n">{entry.reason}</span>
      </button>
    </li>
  );
}

function entriesOf(found: Anomalies, t: Dictionary, f: Format): Entry[] {
  const { anomalies, level_shifts, outliers } = found;
  return [
    ...anomalies.map((one): Entry => ({
      date: one.fecha,
      tone: "is-bad",
      icon: one.deviation > 0 ? "up-arrow" : "down-arrow",
      amount: f.number(one.actual),
      reason: t.account.markExpected(f.number(one.lower), f.number(one.upper)),
    })),
    ...level_shifts.map((one): Entry => ({
      date: one.fecha,
      tone: "is-warn",
      icon: "flat",
      amount: f.signed(one.size),
      reason: t.account.markShift,
    })),
    ...outliers.map((one): Entry => ({
      date: one.fecha,
      tone: "is-warn",
      icon: "alert",
      amount: f.number(one.observed),
      reason: t.account.markOutlier(f.number(one.expected)),
    })),
  ].sort((a, b) => b.date.localeCompare(a.date));
}
