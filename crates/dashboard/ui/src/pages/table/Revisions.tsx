import { useState } from "react";
import { useRevertRecord, useRevisions, type Revision, type TableRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { Icon } from "../../components/Icon";
import { Loaded } from "../../components/States";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Refused } from "./Refused";
import { changesBetween } from "./revisionChanges";
import { useRelations } from "./useRelations";
import { useShown, type Show } from "./useShown";

interface Props {
  table: Table;
  record: TableRecord;
  mayWrite: boolean;
}

/** Everything that a record was, and the way back to it. */
export function Revisions({ table, record, mayWrite }: Props) {
  const t = useText();
  const revisions = useRevisions(table.id, record.id);
  const relations = useRelations(
    table,
    (revisions.data ?? []).map((revision) => revision.data),
  );
  const show = useShown(relations);
  const [asked, setAsked] = useState<Revision | null>(null);
  return (
    <Card title={t.records.revisions} note={t.records.revisionsNote} flush>
      <Loaded query={revisions}>
        {(all) => (
          <ol className="revisions">
            {all.map((revision, at) => (
              <RevisionLine
                key={revision.revision}
                table={table}
                revision={revision}
                before={all[at + 1]}
                isNow={at === 0}
                show={show}
                onRevert={mayWrite && at > 0 ? () => setAsked(revision) : null}
              />
            ))}
          </ol>
        )}
      </Loaded>
      {asked && <Revert table={table} record={record} to={asked.revision} onClose={() => setAsked(null)} />}
    </Card>
  );
}

interface LineProps {
  table: Table;
  revision: Revision;
  before: Revision | undefined;
  isNow: boolean;
  show: Show;
  onRevert: (() => void) | null;
}

function RevisionLine({ table, revision, before, isNow, show, onRevert }: LineProps) {
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

function Revert({
  table,
  record,
  to,
  onClose,
}: {
  table: Table;
  record: TableRecord;
  to: number;
  onClose: () => void;
}) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const revert = useRevertRecord(table.id);
  const number = format.number(to);
  const confirm = () =>
    revert.mutate(
      { record: record.id, revision: record.revision, to },
      {
        onSuccess: () => {
          toast("ok", t.records.reverted(number));
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog
      title={t.records.revertTitle(number)}
      action={t.records.revert}
      busy={revert.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="soft">{t.records.revertBody}</p>
      <Refused error={revert.error} withFields />
    </ConfirmDialog>
  );
}
