import "../../styles/screen-table.css";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useDeleteTable, type Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { Icon } from "../../components/Icon";
import { useToast } from "../../components/Toast";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { AboutCard } from "./AboutCard";
import { AccessCard } from "./AccessCard";
import { tablePath } from "./address";
import { BothAtOnceCard } from "./BothAtOnceCard";
import { FieldsCard } from "./FieldsCard";
import { FieldsTrash } from "./FieldsTrash";
import { OfTable } from "./OfTable";
import { PointersNote } from "./PointersNote";
import { PreviewCard } from "./PreviewCard";
import { Refused } from "./Refused";
import { TableHead } from "./TableHead";
import { UniqueSetsCard } from "./UniqueSetsCard";
import { usePointers } from "./usePointers";

/** What a table is: its name, its fields, and how it is filled in. */
export default function Definition() {
  return <OfTable>{(table) => <DefinitionOf table={table} />}</OfTable>;
}

function DefinitionOf({ table }: { table: Table }) {
  const t = useText();
  usePageTitle(t.definition.title(table.display_name));
  return (
    <>
      <TableHead
        title={t.definition.title(table.display_name)}
        below={{ table, what: t.definition.what }}
        actions={
          <Link className="btn" href={tablePath(table.id)}>
            <Icon name="table" />
            {t.definition.toRecords}
          </Link>
        }
      />
      <div className="define-grid">
        <div className="define-column">
          <FieldsCard table={table} />
          <FieldsTrash table={table} />
          <UniqueSetsCard table={table} />
        </div>
        <PreviewCard table={table} />
        <div className="define-column">
          <AboutCard key={`${table.display_name}/${table.description ?? ""}`} table={table} />
          <AccessCard table={table} />
          <BothAtOnceCard table={table} />
          <DeleteCard table={table} />
        </div>
      </div>
    </>
  );
}

function DeleteCard({ table }: { table: Table }) {
  const t = useText();
  const toast = useToast();
  const [, go] = useLocation();
  const remove = useDeleteTable();
  const pointers = usePointers(table);
  const [isAsked, setAsked] = useState(false);
  const confirm = () =>
    remove.mutate(table.id, {
      onSuccess: () => {
        go("/tables");
        toast("ok", t.definition.deleted(table.display_name), <Link href="/tables/trash">{t.records.toTrash}</Link>);
      },
    });
  return (
    <Card title={t.definition.danger} note={t.definition.dangerWhat}>
      <Button look="danger" icon="trash" onClick={() => setAsked(true)}>
        {t.definition.deleteDo}
      </Button>
      {isAsked && (
        <ConfirmDialog
          title={t.definition.deleteTitle(table.display_name)}
          action={t.definition.deleteDo}
          busy={remove.isPending}
          onConfirm={confirm}
          onClose={() => setAsked(false)}
        >
          <p className="soft">{t.definition.deleteBody}</p>
          <PointersNote what={t.definition.deletePointed} pointers={pointers} />
          <Refused error={remove.error} />
        </ConfirmDialog>
      )}
    </Card>
  );
}
