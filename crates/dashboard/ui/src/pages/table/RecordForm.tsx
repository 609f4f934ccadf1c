import type { FormEvent } from "react";
import { Conflict, useChangeRecord, type TableRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Empty } from "../../components/States";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { ConflictDialog } from "./ConflictDialog";
import { RecordFields } from "./RecordFields";
import { Refused } from "./Refused";
import { useRecordForm } from "./useRecordForm";
import { useRelations } from "./useRelations";
import { useShown } from "./useShown";

/** All values of a record, to be changed together. */
export function RecordForm({ table, record }: { table: Table; record: TableRecord }) {
  const t = useText();
  const toast = useToast();
  const change = useChangeRecord(table.id);
  const key = `tables/${table.id}/records/${record.id}`;
  const form = useRecordForm(table, key, record.data, record.revision, change.error);
  const relations = useRelations(table, [form.texts, record.data]);
  const show = useShown(relations);
  const conflict = change.error instanceof Conflict ? change.error : null;
  const save = (revision: number) =>
    change.mutate(
      { record: record.id, revision, data: form.data },
      {
        onSuccess: () => {
          form.forget();
          toast("ok", t.records.saved);
        },
      },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.isSound && form.isChanged) save(form.revision ?? record.revision);
  };
  const discard = () => {
    change.reset();
    form.forget();
  };
  const touched = table.fields.filter((field) => field.id in form.data);
  return (
    <Card title={t.records.values} className="record-fields-wide">
      {table.fields.length === 0 ? (
        <Empty title={t.records.noFields} />
      ) : (
        <form className="stack" onSubmit={submit} noValidate>
          {!conflict && <Refused error={change.error} />}
          <RecordFields
            fields={table.fields}
            relations={relations}
            texts={form.texts}
            errors={form.errors}
            onChange={form.change}
          />
          <div className="row">
            <Button type="submit" look="primary" busy={change.isPending} disabled={!form.isChanged || !form.isSound}>
              {t.records.save}
            </Button>
            {form.isChanged && <Button onClick={discard}>{t.records.discard}</Button>}
          </div>
        </form>
      )}
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          lines={touched.map((field) => {
            const text = form.texts[field.id] ?? "";
            const isCoded = field.field_type === "RELATION" || field.field_type === "BOOLEAN";
            return {
              field,
              mine: isCoded && text !== "" ? show(field, text === "true" || text) : text,
              theirs: show(field, conflict.current.data[field.id]),
            };
          })}
          hasOthers={false}
          onMine={() => save(conflict.current.revision)}
          onTheirs={discard}
        />
      )}
    </Card>
  );
}
