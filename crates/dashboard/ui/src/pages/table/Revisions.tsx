import { useState } from "react";
import { useRevisions, type Revision, type TableRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { Card } from "../../components/Card";
import { More } from "../../components/More";
import { Loaded } from "../../components/States";
import { useText } from "../../i18n/text";
import { RevertDialog } from "./RevertDialog";
import { RevisionLine } from "./RevisionLine";
import { useRelations } from "./useRelations";
import { useShown } from "./useShown";

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
            {/* What the last one changed is known once the one before it was read. */}
            {all.slice(0, revisions.hasNextPage ? -1 : all.length).map((revision, at) => (
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
      <More query={revisions} />
      {asked && <RevertDialog table={table} record={record} to={asked.revision} onClose={() => setAsked(null)} />}
    </Card>
  );
}
