import { useId, useState, type FormEvent } from "react";
import { useCreateRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { RecordFields } from "./RecordFields";
import { Refused } from "./Refused";
import { useRecordForm } from "./useRecordForm";
import { useRelations } from "./useRelations";
import { defaultsOf } from "./values";

/** Adds a record, or one after another. */
export function NewRecord({ table, onClose }: { table: Table; onClose: () => void }) {
  const t = useText();
  const toast = useToast();
  const id = useId();
  const create = useCreateRecord(table.id);
  const [key, setKey] = useState(() => crypto.randomUUID());
  // A new form for each, whose first field takes the focus.
  const [count, setCount] = useState(0);
  const form = useRecordForm(table, `tables/${table.id}/new-record`, defaultsOf(table.fields), null, create.error);
  const relations = useRelations(table, [form.texts]);
  const add = (isLast: boolean) =>
    create.mutate(
      { data: form.data, key },
      {
        onSuccess: () => {
          form.forget();
          toast("ok", t.records.added);
          if (isLast) return onClose();
          create.reset();
          setCount(count + 1);
        },
        // A request with another body is another request.
        onSettled: () => setKey(crypto.randomUUID()),
      },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.isSound) add(true);
  };
  return (
    <Dialog
      title={t.records.addTitle(table.display_name)}
      icon="plus"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button busy={create.isPending} disabled={!form.isSound} onClick={() => add(false)}>
            {t.records.addMore}
          </Button>
          <Button type="submit" form={id} look="primary" busy={create.isPending} disabled={!form.isSound}>
            {t.records.addDo}
          </Button>
        </>
      }
    >
      <form key={count} id={id} className="stack" onSubmit={submit} noValidate>
        <Refused error={create.error} />
        <RecordFields
          fields={table.fields}
          relations={relations}
          texts={form.texts}
          errors={form.errors}
          onChange={form.change}
        />
      </form>
    </Dialog>
  );
}
