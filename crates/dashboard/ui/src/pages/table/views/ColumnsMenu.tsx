import { useState } from "react";
import type { Table, TableField } from "../../../api/tables";
import { Icon } from "../../../components/Icon";
import { Menu } from "../../../components/Menu";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { GridAddress } from "../useGridAddress";
import { columnsAfter, columnsMoved } from "./columns";

/** Which fields of a table the sheet shows, and in which order. */
export function ColumnsMenu({ table, address }: { table: Table; address: GridAddress }) {
  const t = useText();
  const format = useFormat();
  const [moved, setMoved] = useState("");
  const { fields } = table;
  const { columns } = address;
  const isAll = columns.length === fields.length;
  const box = (field: TableField) => {
    const isOn = columns.includes(field);
    return {
      key: field.id,
      text: <bdi className="view-name">{field.display_name}</bdi>,
      // A sheet without columns would show nothing.
      choice: { of: "any", isOn, isFixed: isOn && columns.length === 1 } as const,
      onSelect: () => address.setColumns(columnsAfter(columns, field, fields)),
    };
  };
  const shown = columns.map((field, at) => {
    const move = (to: number) => {
      address.setColumns(columnsMoved(columns, field, to));
      setMoved(t.definition.moved(field.display_name, format.number(to + 1), format.number(columns.length)));
    };
    const way = (to: number, label: string) => ({ label, onMove: to in columns ? () => move(to) : null });
    const moves = {
      before: way(at - 1, t.views.columnBefore(field.display_name)),
      after: way(at + 1, t.views.columnAfter(field.display_name)),
    };
    return { ...box(field), moves };
  });
  const hidden = fields.filter((field) => !columns.includes(field)).map(box);
  const all = {
    text: t.views.allColumns,
    choice: { of: "any", isOn: isAll } as const,
    onSelect: () => address.setColumns(fields),
  };
  return (
    <>
      <Menu
        button={
          <>
            <Icon name="columns" />
            {isAll ? t.views.columns : t.views.columnsOf(format.number(columns.length), format.number(fields.length))}
          </>
        }
        groups={[
          { items: [all] },
          { label: t.views.shownColumns, items: shown },
          ...(hidden.length > 0 ? [{ label: t.views.hiddenColumns, items: hidden }] : []),
        ]}
      />
      <span className="sr" role="status">
        {moved}
      </span>
    </>
  );
}
