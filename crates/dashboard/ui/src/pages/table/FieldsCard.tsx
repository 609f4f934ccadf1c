import { useState } from "react";
import { useChangeFields, useRelationships, useTables, type Table, type TableField } from "../../api/tables";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Empty } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { DeleteField } from "./DeleteField";
import { FieldRow } from "./FieldRow";
import { moved, placesOf } from "./fieldOrder";
import { NewField } from "./NewField";
import { Refused } from "./Refused";

/** The fields in their order: dragged, or moved by buttons. */
export function FieldsCard({ table }: { table: Table }) {
  const t = useText();
  const format = useFormat();
  const change = useChangeFields(table.id);
  const [isNew, setNew] = useState(false);
  const [removed, setRemoved] = useState<TableField | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  // As it will be, while the server is told.
  const [order, setOrder] = useState<readonly TableField[] | null>(null);
  const [said, setSaid] = useState("");
  const targetName = useTargetNames(table);
  const fields = order ?? table.fields;

  const move = (from: number, to: number) => {
    const field = fields[from];
    if (!field || change.isPending || to < 0 || to >= fields.length || from === to) return;
    const next = moved(fields, from, to);
    setOrder(next);
    setSaid(t.definition.moved(field.display_name, format.number(to + 1), format.number(fields.length)));
    change.mutate(placesOf(next), { onSettled: () => setOrder(null) });
  };
  return (
    <Card
      title={t.definition.fields}
      note={fields.length > 1 && t.definition.fieldsNote}
      flush
      actions={
        <Button look="primary" icon="plus" onClick={() => setNew(true)}>
          {t.definition.addField}
        </Button>
      }
    >
      {change.error && (
        <div className="card-body">
          <Refused error={change.error} withFields />
        </div>
      )}
      {fields.length === 0 ? (
        <Empty title={t.definition.fieldsNone}>
          <p>{t.definition.fieldsNoneNext}</p>
        </Empty>
      ) : (
        <ol className="field-list">
          {fields.map((field, at) => (
            <FieldRow
              key={field.id}
              table={table}
              field={field}
              target={targetName(field)}
              isFirst={at === 0}
              isLast={at === fields.length - 1}
              isBusy={change.isPending}
              onMove={(step) => move(at, at + step)}
              onDragStart={() => setDragged(at)}
              onDrop={() => {
                if (dragged !== null) move(dragged, at);
                setDragged(null);
              }}
              onDelete={() => setRemoved(field)}
            />
          ))}
        </ol>
      )}
      <p className="sr" role="status">
        {said}
      </p>
      {isNew && <NewField table={table} onClose={() => setNew(false)} />}
      {removed && <DeleteField table={table} field={removed} onClose={() => setRemoved(null)} />}
    </Card>
  );
}

/** What the table that a relation points to is called; null where it was deleted. */
function useTargetNames(table: Table) {
  const relationships = useRelationships(table.id, true);
  const tables = useTables();
  return (field: TableField): string | null | undefined => {
    if (field.field_type !== "RELATION" || !relationships.data || !tables.data) return undefined;
    const found = relationships.data.find((relationship) => relationship.source_field_id === field.id);
    return tables.data.find(({ id }) => id === found?.target_entity_id)?.display_name ?? null;
  };
}
