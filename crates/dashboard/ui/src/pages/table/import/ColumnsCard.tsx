import type { Table } from "../../../api/tables";
import { Card } from "../../../components/Card";
import { Select } from "../../../components/Field";
import { Icon } from "../../../components/Icon";
import { useText } from "../../../i18n/text";
import type { CardProps } from "./FileCard";
import { KeyChoice } from "./KeyChoice";
import { ID, withColumn } from "./options";

/** To which field each column goes, and what a row does to the records that there are. */
export function ColumnsCard({ table, answer, options, onOptions, isBusy }: CardProps & { table: Table }) {
  const t = useText().imports;
  const fields = table.fields.map(({ name, display_name }) => ({ value: name, text: display_name }));
  return (
    <Card title={t.columns} note={t.columnsNote}>
      <fieldset className="stack import-mapping" disabled={isBusy}>
        <legend className="sr">{t.columns}</legend>
        <ul className="import-columns">
          {answer.columns.map(({ name, field }, at) => (
            <li key={at}>
              <code className="anywhere">{name || t.unnamed}</code>
              <Icon name="right" small />
              <Select
                hideLabel
                label={t.fieldOf(name || t.unnamed)}
                value={field ?? ""}
                options={[
                  { value: "", text: t.unused },
                  ...(field === ID ? [{ value: ID, text: t.id }] : []),
                  ...fields,
                ]}
                onChange={(chosen) => onOptions(withColumn(options, answer.columns, name, chosen))}
              />
            </li>
          ))}
        </ul>
        <KeyChoice table={table} answer={answer} options={options} onOptions={onOptions} />
      </fieldset>
    </Card>
  );
}
