import { Link } from "wouter";
import type { TableRecord } from "../../api/records";
import type { Table, TableField } from "../../api/tables";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { recordPath } from "./address";
import type { Leave } from "./CellEditor";
import { GridCell, type Opened } from "./GridCell";
import { cellKey, type CellSaves } from "./useCellSaves";
import type { Cursor } from "./useCursor";
import type { Relations } from "./useRelations";
import { recordName, type Show } from "./useShown";

interface Props {
  table: Table;
  record: TableRecord;
  row: number;
  relations: Relations;
  show: Show;
  cursor: Cursor;
  saves: CellSaves;
  mayWrite: boolean;
  /** The cell of this row that is being changed. */
  opened: (Opened & { field: string }) | null;
  onOpen: (field: TableField) => void;
  onDone: (field: TableField, text: string, leave: Leave) => void;
  onCancel: (field: TableField) => void;
  onDelete: (name: string) => void;
}

export function GridRow(props: Props) {
  const { table, record, row, relations, show, cursor, saves, mayWrite, opened } = props;
  const t = useText();
  const format = useFormat();
  const name = recordName(table.fields, record.data, show) ?? t.records.recordNumber(format.number(row + 1));
  const last = table.fields.length + 1;
  const widget = (column: number) => ({
    "data-cell": `${row}:${column}`,
    tabIndex: cursor.isAt(row, column) ? 0 : -1,
    onFocus: () => cursor.note({ row, column }),
  });
  return (
    <tr>
      <td className="sheet-open">
        <Link
          className="btn btn-quiet btn-icon btn-s"
          href={recordPath(table.id, record.id)}
          aria-label={t.records.openRecord(name)}
          title={t.records.open}
          {...widget(0)}
        >
          <Icon name="right" small />
        </Link>
      </td>
      {table.fields.map((field, at) => (
        <GridCell
          key={field.id}
          name={`${row}:${at + 1}`}
          field={field}
          relations={relations}
          shown={show(field, record.data[field.id])}
          unsaved={saves.unsaved[cellKey(record.id, field.id)]}
          opened={opened?.field === field.id ? opened : null}
          isReachable={cursor.isAt(row, at + 1)}
          isReadOnly={!mayWrite}
          onFocus={() => cursor.note({ row, column: at + 1 })}
          onOpen={() => props.onOpen(field)}
          onDone={(text, leave) => props.onDone(field, text, leave)}
          onCancel={() => props.onCancel(field)}
        />
      ))}
      {mayWrite && (
        <td className="sheet-delete">
          <IconButton
            small
            icon="trash"
            label={t.records.remove(name)}
            onClick={() => props.onDelete(name)}
            {...widget(last)}
          />
        </td>
      )}
    </tr>
  );
}
