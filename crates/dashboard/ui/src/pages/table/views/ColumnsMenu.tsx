import type { Table } from "../../../api/tables";
import { Icon } from "../../../components/Icon";
import { Menu } from "../../../components/Menu";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { GridAddress } from "../useGridAddress";
import { columnsAfter } from "./columns";

/** Which fields of a table the sheet shows. */
export function ColumnsMenu({ table, address }: { table: Table; address: GridAddress }) {
  const t = useText();
  const format = useFormat();
  const { fields } = table;
  const { columns } = address;
  const isAll = columns.length === fields.length;
  const boxes = fields.map((field) => {
    const isOn = columns.includes(field);
    return {
      text: <bdi className="view-name">{field.display_name}</bdi>,
      // A sheet without columns would show nothing.
      choice: { of: "any", isOn, isFixed: isOn && columns.length === 1 } as const,
      onSelect: () => address.setColumns(columnsAfter(columns, field, fields)),
    };
  });
  const all = {
    text: t.views.allColumns,
    choice: { of: "any", isOn: isAll } as const,
    onSelect: () => address.setColumns(fields),
  };
  return (
    <Menu
      button={
        <>
          <Icon name="columns" />
          {isAll ? t.views.columns : t.views.columnsOf(format.number(columns.length), format.number(fields.length))}
        </>
      }
      groups={[{ items: [all] }, { label: t.views.fields, items: boxes }]}
    />
  );
}
