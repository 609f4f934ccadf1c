import "../../styles/screen-table.css";
import { useState } from "react";
import { Link } from "wouter";
import type { Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Empty } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { tablePath } from "./address";
import { ExportMenu } from "./export/ExportMenu";
import { NewRecord } from "./NewRecord";
import { OfTable } from "./OfTable";
import { RecordsCard } from "./RecordsCard";
import { TableHead } from "./TableHead";
import { useMayWrite } from "./useMayWrite";

/** The records of a table. */
export default function Grid() {
  return <OfTable>{(table) => <GridOf table={table} />}</OfTable>;
}

function GridOf({ table }: { table: Table }) {
  const t = useText();
  const { rol } = useWho();
  const [isNew, setNew] = useState(false);
  usePageTitle(table.display_name);
  const mayDefine = may(rol, "define-tables");
  const mayWrite = useMayWrite(table);
  const hasFields = table.fields.length > 0;
  const add = mayWrite && hasFields ? () => setNew(true) : null;
  return (
    <>
      <TableHead
        title={table.display_name}
        sub={table.description}
        actions={
          <>
            {mayDefine && (
              <Link className="btn" href={tablePath(table.id, "definition")}>
                <Icon name="edit" />
                {t.records.define}
              </Link>
            )}
            <Link className="btn" href={tablePath(table.id, "trash")}>
              <Icon name="trash" />
              {t.records.trash}
            </Link>
            {hasFields && <ExportMenu table={table} />}
            {add && (
              <Link className="btn" href={tablePath(table.id, "import")}>
                <Icon name="data" />
                {t.imports.action}
              </Link>
            )}
            {add && (
              <Button look="primary" icon="plus" onClick={add}>
                {t.records.add}
              </Button>
            )}
          </>
        }
      />
      <section className="card" aria-label={table.display_name}>
        {hasFields ? (
          <RecordsCard table={table} onAdd={add} />
        ) : (
          <Empty title={t.records.noFields}>
            <p>{mayDefine ? t.records.noFieldsNext : t.records.noFieldsAsk}</p>
            {mayDefine && (
              <Link className="btn btn-primary" href={tablePath(table.id, "definition")}>
                {t.records.define}
              </Link>
            )}
          </Empty>
        )}
      </section>
      {isNew && <NewRecord table={table} onClose={() => setNew(false)} />}
    </>
  );
}
