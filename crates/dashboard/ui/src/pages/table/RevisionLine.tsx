import type { Revision } from "../../api/records";
import type { Table } from "../../api/tables";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { changesBetween } from "./revisionChanges";
import type { Show } from "./useShown";

interface Props {
  table: Table;
  revision: Revision;
  before: Revision | undefined;
  isNow: boolean;
  show: Show;
  onRevert: (() => void) | null;
}

/** A revision: what was done, by whom, and what it changed. */
export function RevisionLine({ table, revision, before, isNow, show, onRevert }: Props) {
  const t = useText();
  const format = useFormat();
  const changes = changesBetween(table.fields, revision, before);
  const number = format.number(revision.revision);
  return (
    <li className="revision">
      <div className="row between">
        <div>
          <p className="row-tight">
            <span className="strong">{t.records.kinds[revision.kind]}</span>
            {isNow && (
              <Badge tone="acc" icon="check">
                {t.records.now}
              </Badge>
            )}
          </p>
          <p className="sub-line">
            {t.records.revision(number)} · {revision.by} ·{" "}
            <time dateTime={revision.at}>{format.moment(revision.at)}</time>
          </p>
        </div>
        {onRevert && (
          <Button small icon="history" onClick={onRevert}>
            {t.records.revert}
            <span className="sr">: {t.records.revision(number)}</span>
          </Button>
        )}
      </div>
      {changes.length > 0 ? (
        <dl className="revision-changes">
          {changes.map(({ field, before: was, after: is }) => (
            <Changed key={field.id} label={field.display_name} was={show(field, was)} is={show(field, is)} />
          ))}
        </dl>
      ) : (
        <p className="small muted">{t.records.same}</p>
      )}
    </li>
  );
}

function Changed({ label, was, is }: { label: string; was: string; is: string }) {
  const t = useText();
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {was !== "" && (
          <>
            <span className="sr">{t.records.was}: </span>
            <del>{was}</del> <Icon name="right" small /> <span className="sr">{t.records.is}: </span>
          </>
        )}
        <ins>{is || <span className="muted">{t.values.empty}</span>}</ins>
      </dd>
    </>
  );
}
