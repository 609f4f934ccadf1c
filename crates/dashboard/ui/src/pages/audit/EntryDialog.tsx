import type { ReactNode } from "react";
import type { AuditEntry } from "../../api/audit";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { UNKNOWN } from "../../format/numbers";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { aboutOf } from "./aboutWords";
import { OutcomeBadge, useActorName } from "./EntryWords";
import type { AuditFilters } from "./useAuditFilters";

interface Props {
  entry: AuditEntry;
  filters: AuditFilters;
  onClose: () => void;
}

/** Everything that the log holds of one entry. */
export function EntryDialog({ entry, filters, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const actorName = useActorName();
  const narrow = (set: (value: string) => void, value: string) => {
    set(value);
    onClose();
  };
  const { target } = entry;
  return (
    <Dialog
      title={t.audit.actions[entry.action] ?? entry.action}
      onClose={onClose}
      foot={
        <Button look="primary" onClick={onClose}>
          {t.common.close}
        </Button>
      }
    >
      <dl className="fact-list">
        <Fact name={t.audit.outcome} value={<OutcomeBadge entry={entry} />} />
        <Fact name={t.audit.when} value={format.longMoment(new Date(entry.at))} />
        <Fact name={t.audit.who} value={actorName(entry)} />
        <Fact name={t.audit.about} value={aboutOf(entry, t, format)} />
        <Fact name={t.audit.address} value={entry.address} />
        {entry.count > 1 && <Fact name={t.audit.count} value={t.audit.times(format.number(entry.count))} />}
        <Fact name={t.audit.number} value={<span className="n">{format.number(entry.seq)}</span>} />
        {target !== null && target !== aboutOf(entry, t, format) && (
          <Fact name={t.audit.technical} value={<code className="breakable">{target}</code>} />
        )}
        {entry.actor_id !== null && <Fact name={t.audit.actorId} value={<code>{entry.actor_id}</code>} />}
        <Fact name={t.audit.request} value={entry.request_id && <code>{entry.request_id}</code>} />
      </dl>
      {entry.request_id && <p className="hint">{t.audit.requestWhy}</p>}
      <div className="row">
        {entry.actor_id !== null && (
          <Button small icon="search" onClick={() => narrow(filters.set.actor, entry.actor)}>
            {t.audit.onlyThisActor}
          </Button>
        )}
        {target !== null && (
          <Button small icon="search" onClick={() => narrow(filters.set.target, target)}>
            {t.audit.onlyThisTarget}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value ?? UNKNOWN}</dd>
    </>
  );
}
