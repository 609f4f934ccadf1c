import { memo, type ReactNode } from "react";
import { Link } from "wouter";
import type { TableRecord } from "../../api/records";
import type { Table, TableField } from "../../api/tables";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { recordPath, tablePath } from "./address";
import { GridCell } from "./GridCell";
import { choiceColor } from "./choiceLooks";
import { recordName, type Show } from "./useShown";
import type { UnsavedOfRecord } from "./useUnsaved";

interface Props {
  table: Table;
  /** Absent while it is being read; keys pass over the row all the same, and the focus stays in it. */
  record: TableRecord | undefined;
  row: number;
  /** The number that people read. */
  place: number;
  /** Whether it stands below the heading of a group. */
  isInGroup: boolean;
  show: Show;
  mayWrite: boolean;
  unsaved: UnsavedOfRecord | undefined;
  /** The column of this row that keys have reached. */
  reached: number | null;
  /** The first and the last column of this row that are selected. */
  selectedFrom: number | null;
  selectedTo: number | null;
  /** The editor of the field that is being changed. */
  editor: ReactNode;
  edited: string | null;
  onDelete: (record: TableRecord, row: number, name: string) => void;
}

/** A record of the grid. Of many rows that are drawn few change at a time, so one is drawn again only if it did. */
export const GridRow = memo(function GridRow(props: Props) {
  const {
    table,
    record,
    row,
    place,
    isInGroup,
    show,
    mayWrite,
    unsaved,
    reached,
    selectedFrom,
    selectedTo,
    editor,
    edited,
  } = props;
  const t = useText();
  const format = useFormat();
  const number = format.number(place);
  const name = (record && recordName(table.fields, record.data, show)) ?? t.records.recordNumber(number);
  const last = table.fields.length + 1;
  const widget = (column: number) => ({ "data-cell": `${row}:${column}`, tabIndex: reached === column ? 0 : -1 });
  const isSelected = (column: number) =>
    selectedFrom !== null && selectedTo !== null && column >= selectedFrom && column <= selectedTo;
  return (
    <tr data-row={row} aria-rowindex={row + 2} aria-level={isInGroup ? 2 : undefined} aria-busy={!record || undefined}>
      <td className="sheet-open">
        <Link
          className="sheet-number n"
          href={record ? recordPath(table.id, record.id) : tablePath(table.id)}
          title={t.records.openRecord(name)}
          {...widget(0)}
        >
          {number}
          <span className="sr">: {t.records.openRecord(name)}</span>
          <Icon name="right" small />
        </Link>
      </td>
      {table.fields.map((field, at) => (
        <GridCell
          key={field.id}
          name={`${row}:${at + 1}`}
          field={field}
          shown={record ? show(field, record.data[field.id]) : null}
          color={choiceColor(field, unsaved?.[field.id]?.text ?? record?.data[field.id])}
          typed={typedText(field, unsaved?.[field.id]?.text ?? "", show)}
          unsaved={unsaved?.[field.id]}
          editor={edited === field.id ? editor : null}
          isReachable={reached === at + 1}
          isSelected={isSelected(at + 1)}
          isReadOnly={!mayWrite}
        />
      ))}
      {mayWrite && (
        <td className="sheet-delete">
          <IconButton
            small
            icon="trash"
            label={t.records.remove(name)}
            aria-disabled={!record || undefined}
            onClick={() => record && props.onDelete(record, row, name)}
            {...widget(last)}
          />
        </td>
      )}
    </tr>
  );
});

/** What was typed is shown as it is, but for words that the editor takes from a list. */
function typedText(field: TableField, text: string, show: Show): string {
  if (field.field_type === "BOOLEAN" && (text === "true" || text === "false")) return show(field, text === "true");
  if (field.field_type === "CHOICE" && text !== "") return show(field, text);
  const isId = field.field_type === "RELATION" && /^[\da-f]{8}-[\da-f-]{27}$/i.test(text);
  return isId ? show(field, text) : text;
}
