import "../../styles/screen-table.css";
import { Link, useLocation, useParams } from "wouter";
import { Problem } from "../../api/problem";
import { useRecord, type TableRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { NotFound } from "../../shell/NotFound";
import { isId, tablePath } from "./address";
import { OfTable } from "./OfTable";
import { PointingCard } from "./PointingCard";
import { RecordForm } from "./RecordForm";
import { Revisions } from "./Revisions";
import { TableHead } from "./TableHead";
import { useDeleteWithUndo } from "./useDeleteWithUndo";
import { useRelations } from "./useRelations";
import { recordName, useShown } from "./useShown";
import { useMayWrite } from "./useMayWrite";

/** One record: its values, and everything that it was. */
export default function RecordPage() {
  const { record } = useParams<{ record: string }>();
  return isId(record) ? <OfTable>{(table) => <Read key={record} table={table} id={record} />}</OfTable> : <NotFound />;
}

function Read({ table, id }: { table: Table; id: string }) {
  const t = useText();
  const record = useRecord(table.id, id);
  if (record.error instanceof Problem && record.error.status === 404)
    return (
      <>
        <TableHead title={t.records.gone404} below={{ table, what: t.records.record }} />
        <section className="card" aria-label={t.records.record}>
          <Empty title={t.records.gone404Next}>
            <Link className="btn" href={tablePath(table.id, "trash")}>
              {t.records.toTrash}
            </Link>
          </Empty>
        </section>
      </>
    );
  return (
    <Loaded query={record} skeleton={<Skeleton className="skel-page" />}>
      {(data) => <RecordOf table={table} record={data} />}
    </Loaded>
  );
}

function RecordOf({ table, record }: { table: Table; record: TableRecord }) {
  const t = useText();
  const format = useFormat();
  const [, go] = useLocation();
  const mayWrite = useMayWrite(table);
  const relations = useRelations(table, [record.data]);
  const show = useShown(relations);
  const remove = useDeleteWithUndo(table);
  const name = recordName(table.fields, record.data, show) ?? t.values.unnamed;
  usePageTitle(`${name} · ${table.display_name}`);
  return (
    <>
      <TableHead
        title={name}
        below={{ table, what: t.records.record }}
        sub={
          <>
            {t.records.created} {format.moment(record.created_at)} · {t.records.changed}{" "}
            <time dateTime={record.updated_at} title={format.moment(record.updated_at)}>
              {format.ago(record.updated_at)}
            </time>
          </>
        }
        actions={
          mayWrite && (
            <Button
              icon="trash"
              onClick={() =>
                remove({
                  record: record.id,
                  revision: record.revision,
                  name,
                  isLeft: true,
                  onDone: () => go(tablePath(table.id)),
                })
              }
            >
              {t.records.delete}
            </Button>
          )
        }
      />
      <div className="record-grid">
        <div className="define-column">
          {mayWrite ? (
            <RecordForm table={table} record={record} />
          ) : (
            <Card title={t.records.values}>
              <dl className="fact-list">
                {table.fields.map((field) => (
                  <div key={field.id} className="fact-line">
                    <dt>{field.display_name}</dt>
                    <dd>{show(field, record.data[field.id]) || <span className="muted">{t.values.empty}</span>}</dd>
                  </div>
                ))}
              </dl>
            </Card>
          )}
          <PointingCard table={table} record={record.id} />
        </div>
        <Revisions table={table} record={record} mayWrite={mayWrite} />
      </div>
    </>
  );
}
