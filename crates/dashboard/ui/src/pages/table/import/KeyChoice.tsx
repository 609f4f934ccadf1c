import type { Table } from "../../../api/tables";
import { Select } from "../../../components/Field";
import { useText } from "../../../i18n/text";
import type { CardProps } from "./FileCard";
import { ID, keysOf } from "./options";

type Props = Omit<CardProps, "isBusy"> & { table: Table };

/** Whether rows are new records or change those that they are known to be. */
export function KeyChoice({ table, answer, options, onOptions }: Props) {
  const t = useText().imports;
  const nameOf = (key: string) => table.fields.find(({ name }) => name === key)?.display_name ?? key;
  const keys = keysOf(table.fields, answer.columns, options.upsert_key);
  return (
    <Select
      label={t.key}
      hint={t.keyHint}
      value={options.upsert_key}
      options={[
        { value: "", text: t.keyNone },
        ...keys.map((key) => ({ value: key, text: key === ID ? t.keyId : t.keyField(nameOf(key)) })),
      ]}
      onChange={(upsert_key) => onOptions({ ...options, upsert_key })}
    />
  );
}
