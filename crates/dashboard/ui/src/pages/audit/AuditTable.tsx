import type { AuditEntry } from "../../api/audit";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { aboutOf } from "./aboutWords";
import { byDay, type DayOfLog } from "./days";
import { OutcomeBadge, useActorName } from "./EntryWords";

interface Props {
  entries: readonly AuditEntry[];
  /** Whether no older entries follow: the oldest day is whole then. */
  isAll: boolean;
  onOpen: (entry: AuditEntry) => void;
}

/** The log by day, newest first. */
export function AuditTable({ entries, isAll, onOpen }: Props) {
  const t = useText();
  const format = useFormat();
  const days = byDay(entries, format.zone);
  return (
    <div className="table-wrap">
      <table className="cards audit">
        <caption className="sr">{t.audit.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.audit.time}</th>
            <th scope="col">{t.audit.what}</th>
            <th scope="col">{t.audit.outcome}</th>
            <th scope="col">{t.audit.who}</th>
            <th scope="col">{t.audit.about}</th>
            <th scope="col" className="hide-m">
              {t.audit.address}
            </th>
          </tr>
        </thead>
        {days.map((day, at) => (
          <Day key={day.day} of={day} isWhole={isAll || at < days.length - 1} onOpen={onOpen} />
        ))}
      </table>
    </div>
  );
}

function Day({ of, isWhole, onOpen }: { of: DayOfLog; isWhole: boolean; onOpen: Props["onOpen"] }) {
  const t = useText();
  const format = useFormat();
  const count = of.entries.length;
  return (
    <tbody>
      <tr className="audit-day">
        <th scope="rowgroup" colSpan={6}>
          {format.weekDay(of.day)}
          <span className="muted"> · {t.audit.onDay(format.number(count), count === 1, isWhole)}</span>
        </th>
      </tr>
      {of.entries.map((entry) => (
        <Entry key={entry.seq} entry={entry} onOpen={onOpen} />
      ))}
    </tbody>
  );
}

function Entry({ entry, onOpen }: { entry: AuditEntry; onOpen: Props["onOpen"] }) {
  const t = useText();
  const format = useFormat();
  const actorName = useActorName();
  return (
    <tr>
      <td className="a-time">
        <time dateTime={entry.at} title={entry.at} className="n">
          {format.time(new Date(entry.at))}
        </time>
      </td>
      <td className="a-what">
        <button type="button" className="audit-open" onClick={() => onOpen(entry)}>
          {t.audit.actions[entry.action] ?? entry.action}
          <span className="sr">. {t.audit.details}</span>
        </button>
        {entry.count > 1 && <span className="sub-line">{t.audit.times(format.number(entry.count))}</span>}
      </td>
      <td className="a-outcome">
        <OutcomeBadge entry={entry} />
      </td>
      <td className="breakable" data-label={t.audit.who}>
        {actorName(entry)}
      </td>
      <td className="breakable soft" data-label={t.audit.about}>
        {aboutOf(entry, t, format) ?? <span className="muted">–</span>}
      </td>
      <td className="n muted small hide-m">{entry.address ?? "–"}</td>
    </tr>
  );
}
