import { useRef, useState, type KeyboardEvent } from "react";
import { useLocation } from "wouter";
import type { RecordsPage, TableRecord } from "../../api/records";
import type { Table, TableField } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { recordPath } from "./address";
import type { Leave } from "./CellEditor";
import { ConflictDialog } from "./ConflictDialog";
import type { Opened } from "./GridCell";
import { GridHead } from "./GridHead";
import { GridRow } from "./GridRow";
import { cellKey, useCellSaves } from "./useCellSaves";
import { placeAfter, useCursor } from "./useCursor";
import { useDeleteWithUndo } from "./useDeleteWithUndo";
import type { GridAddress } from "./useGridAddress";
import type { Relations } from "./useRelations";
import type { Show } from "./useShown";
import { typable } from "./values";

interface Props {
  table: Table;
  page: RecordsPage;
  isBusy: boolean;
  address: GridAddress;
  relations: Relations;
  show: Show;
}

const STEPS: Record<Leave, { row: number; column: number }> = {
  down: { row: 1, column: 0 },
  right: { row: 0, column: 1 },
  left: { row: 0, column: -1 },
  stay: { row: 0, column: 0 },
};

/** A page of records as a sheet. */
export function GridTable({ table, page, isBusy, address, relations, show }: Props) {
  const t = useText();
  const format = useFormat();
  const [, go] = useLocation();
  const mayWrite = may(useWho().rol, "write-records");
  const saves = useCellSaves(table);
  const remove = useDeleteWithUndo(table);
  const [opened, setOpened] = useState<(Opened & { record: string; field: string }) | null>(null);
  const records = page.items;
  const columns = table.fields.length + (mayWrite ? 2 : 1);
  const grid = useRef<HTMLTableElement>(null);
  const cursor = useCursor(grid, records.length, columns);

  const mayOpen = (field: TableField) =>
    mayWrite && (field.field_type !== "RELATION" || relations.targetOf(field.id) !== undefined);
  const open = (record: TableRecord, field: TableField, letter?: string) => {
    if (!mayOpen(field)) return;
    const unsaved = saves.unsaved[cellKey(record.id, field.id)];
    const text = letter ?? unsaved?.text ?? typable(field, record.data[field.id], format);
    setOpened({ record: record.id, field: field.id, text, isReplaced: letter !== undefined });
  };
  const done = (record: TableRecord, field: TableField, text: string, leave: Leave) => {
    // The cell that is left by a key loses the focus, too, and is done only once.
    if (opened?.record !== record.id || opened.field !== field.id) return;
    setOpened(null);
    saves.save(record, field, text);
    const { row, column } = STEPS[leave];
    if (leave !== "stay") cursor.moveTo({ row: cursor.at.row + row, column: cursor.at.column + column });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { row, column } = cursor.at;
    const record = records[row];
    const field = table.fields[column - 1];
    const isInCell = event.target instanceof Element && event.target.closest("tbody") !== null;
    if (opened || !record || !isInCell) return;
    const next = placeAfter(event, cursor.at, records.length, columns);
    if (next) cursor.moveTo(next);
    else if (!field || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Enter" && !mayOpen(field)) go(recordPath(table.id, record.id));
    else if (event.key === "Enter" || event.key === "F2") open(record, field);
    else if (event.key === "Escape") saves.leave(record.id, field.id);
    else if (!mayOpen(field)) return;
    else if (event.key === "Delete" || event.key === "Backspace") saves.save(record, field, "");
    else if (event.key === " " && field.field_type === "BOOLEAN")
      saves.save(record, field, String(record.data[field.id] !== true));
    else if (event.key.length === 1 && field.field_type !== "CHOICE" && field.field_type !== "BOOLEAN")
      open(record, field, field.field_type === "RELATION" ? undefined : event.key);
    else return;
    event.preventDefault();
  };
  const deleteRecord = (record: TableRecord, row: number, name: string) =>
    remove({ record: record.id, name, onDone: () => cursor.moveTo({ row, column: 1 }) });

  return (
    <div className="table-wrap sheet-wrap" aria-busy={isBusy}>
      <table
        ref={grid}
        role="grid"
        className="sheet"
        aria-label={table.display_name}
        aria-describedby="sheet-keys"
        aria-readonly={!mayWrite || undefined}
        onKeyDown={onKeyDown}
      >
        <GridHead table={table} address={address} mayWrite={mayWrite} />
        <tbody>
          {records.map((record, row) => (
            <GridRow
              key={record.id}
              table={table}
              record={record}
              row={row}
              relations={relations}
              show={show}
              cursor={cursor}
              saves={saves}
              mayWrite={mayWrite}
              opened={opened?.record === record.id ? opened : null}
              onOpen={(field) => open(record, field)}
              onDone={(field, text, leave) => done(record, field, text, leave)}
              onCancel={() => {
                setOpened(null);
                cursor.moveTo(cursor.at);
              }}
              onDelete={(name) => deleteRecord(record, row, name)}
            />
          ))}
        </tbody>
      </table>
      <p className="sr" id="sheet-keys">
        {mayWrite ? t.records.keys : t.records.keysRead}
      </p>
      {saves.conflict && <CellConflictDialog saves={saves} table={table} show={show} />}
    </div>
  );
}

interface ConflictProps {
  saves: ReturnType<typeof useCellSaves>;
  table: Table;
  show: Show;
}

function CellConflictDialog({ saves, table, show }: ConflictProps) {
  if (!saves.conflict) return null;
  const { conflict, record, field, text } = saves.conflict;
  const { current } = conflict;
  const mine =
    field.field_type === "RELATION" || field.field_type === "BOOLEAN" ? show(field, text === "true" || text) : text;
  const hasOthers = table.fields.some(
    (other) => other.id !== field.id && record.data[other.id] !== current.data[other.id],
  );
  return (
    <ConflictDialog
      conflict={conflict}
      lines={[{ field, mine, theirs: show(field, current.data[field.id]) }]}
      hasOthers={hasOthers}
      onMine={saves.keepMine}
      onTheirs={saves.keepTheirs}
    />
  );
}
