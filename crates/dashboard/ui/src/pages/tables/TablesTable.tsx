import { Link } from "wouter";
import type { Table } from "../../api/tables";
import { Icon } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { tablePath } from "../table/address";

/** Names of more fields are counted, not listed. */
const MOST_NAMED = 4;

export function TablesTable({ tables }: { tables: readonly Table[] }) {
  const t = useText();
  const mayDefine = may(useWho().rol, "define-tables");
  return (
    <div className="table-wrap">
      <table role="table" className="cards tables" aria-label={t.tables.title}>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              {t.tables.name}
            </th>
            <th scope="col" role="columnheader">
              {t.tables.fieldsColumn}
            </th>
            <th scope="col" role="columnheader">
              {t.tables.created}
            </th>
            {mayDefine && (
              <th scope="col" role="columnheader">
                <span className="sr">{t.tables.define}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {tables.map((table) => (
            <TableRow key={table.id} table={table} mayDefine={mayDefine} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TableRow({ table, mayDefine }: { table: Table; mayDefine: boolean }) {
  const t = useText();
  const format = useFormat();
  return (
    <tr role="row">
      <td role="cell" className="tb-name">
        <Link href={tablePath(table.id)}>
          <bdi>{table.display_name}</bdi>
        </Link>
        {table.description && <span className="tb-about muted small">{table.description}</span>}
      </td>
      <td role="cell" data-label={t.tables.fieldsColumn}>
        <FieldNames table={table} />
      </td>
      <td role="cell" data-label={t.tables.created} className="nowrap">
        <time dateTime={table.created_at} title={format.moment(table.created_at)}>
          {format.dayOf(table.created_at)}
        </time>
      </td>
      {mayDefine && (
        <td role="cell" className="tb-do">
          <Link
            className="btn btn-s"
            href={tablePath(table.id, "definition")}
            aria-label={t.tables.defineOf(table.display_name)}
          >
            <Icon name="edit" small />
            {t.tables.define}
          </Link>
        </td>
      )}
    </tr>
  );
}

function FieldNames({ table: { fields } }: { table: Table }) {
  const t = useText();
  const format = useFormat();
  if (fields.length === 0) return <span className="muted">{t.tables.noFields}</span>;
  const names = fields.slice(0, MOST_NAMED).map((field) => field.display_name);
  return (
    <>
      <span className="n">{t.tables.fieldCount(format.number(fields.length), fields.length === 1)}</span>
      <span className="tb-about muted small">
        {names.join(", ")}
        {fields.length > MOST_NAMED && "…"}
      </span>
    </>
  );
}
