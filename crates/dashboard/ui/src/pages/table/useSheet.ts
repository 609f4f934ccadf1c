import { useState, type ClipboardEvent, type KeyboardEvent, type RefObject } from "react";
import { useLocation } from "wouter";
import { MOST_AT_ONCE } from "../../api/manyRecords";
import type { TableRecord } from "../../api/records";
import type { Table, TableField } from "../../api/tables";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { recordPath } from "./address";
import type { Leave } from "./CellEditor";
import { headingKey } from "./GroupHeading";
import { isOneCell, rangeOf } from "./selection";
import { useCellSaves } from "./useCellSaves";
import { useClipboard } from "./useClipboard";
import { placeAfter, useCursor, type Place } from "./useCursor";
import { useFill } from "./useFill";
import { useOwnWrites } from "./useOwnWrites";
import type { Relations } from "./useRelations";
import type { Rows } from "./useRows";
import type { Show } from "./useShown";
import { useUnsaved } from "./useUnsaved";
import { typable } from "./values";

/** The cell that is being changed. */
export interface Opened {
  record: string;
  field: TableField;
  text: string;
  /** A key opened the cell, and its letter replaces what was there. */
  isReplaced: boolean;
}

const STEPS: Record<Leave, Place> = {
  down: { row: 1, column: 0 },
  right: { row: 0, column: 1 },
  left: { row: 0, column: -1 },
  stay: { row: 0, column: 0 },
};

interface Shown {
  table: Table;
  rows: Rows;
  relations: Relations;
  show: Show;
  mayWrite: boolean;
}

/** A grid as a sheet: where the person is in it, what they change, and what becomes of that. */
export function useSheet(grid: RefObject<HTMLTableElement | null>, { table, rows, relations, show, mayWrite }: Shown) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const [, go] = useLocation();
  const unsaveds = useUnsaved();
  const own = useOwnWrites();
  const saves = useCellSaves(table, unsaveds, own);
  const { fill, undo } = useFill(table, unsaveds, own);
  const [opened, setOpened] = useState<Opened | null>(null);
  const cursor = useCursor(grid, rows.count, table.fields.length + (mayWrite ? 2 : 1));
  const range = rangeOf(cursor.at, cursor.end, table.fields.length);

  const mayOpen = (field: TableField) =>
    mayWrite && (field.field_type !== "RELATION" || relations.targetOf(field.id) !== undefined);
  const open = ({ row, column }: Place, letter?: string) => {
    const [record, field] = [rows.at(row), table.fields[column - 1]];
    if (!record || !field || !mayOpen(field)) return;
    const unsaved = unsaveds.unsaved[record.id]?.[field.id];
    const text = letter ?? unsaved?.text ?? typable(field, record.data[field.id], format);
    setOpened({ record: record.id, field, text, isReplaced: letter !== undefined });
  };
  const done = (record: TableRecord, text: string, leave: Leave) => {
    // The cell that is left by a key loses the focus, too, and is done only once.
    if (opened?.record !== record.id) return;
    setOpened(null);
    saves.save(record, opened.field, text);
    const { row, column } = STEPS[leave];
    if (leave !== "stay") cursor.moveTo({ row: cursor.at.row + row, column: cursor.at.column + column });
  };
  const cancel = () => {
    setOpened(null);
    cursor.moveTo(cursor.at);
  };

  const clipboard = useClipboard({
    table,
    rows,
    range,
    relations,
    show,
    mayFill: mayOpen,
    fill: (cells, lost) => void fill(cells, lost),
  });
  const empty = (records: readonly TableRecord[]) => {
    const fields = table.fields.slice(range.left - 1, range.right).filter(mayOpen);
    const cells = records.flatMap((record) => fields.map((field) => ({ record, field, text: "" })));
    const [cell, ...others] = cells;
    if (cell && others.length === 0) saves.save(cell.record, cell.field, "");
    else if (records.length > MOST_AT_ONCE) toast("bad", t.records.tooManyRows(format.number(MOST_AT_ONCE)));
    else if (cells.length > 0) void fill(cells, 0);
  };
  const emptySelected = () => {
    const records = rows.known(rows.placesIn(range.top, range.bottom));
    if (records) empty(records);
    else toast("bad", t.records.copyUnread, t.records.copyUnreadNext);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const { row, column } = cursor.at;
    const [record, field] = [rows.at(row), table.fields[column - 1]];
    const isInCell = event.target instanceof Element && event.target.closest("tbody") !== null;
    if (opened || !isInCell) return;
    const columns = table.fields.length + (mayWrite ? 2 : 1);
    const heading = rows.headingAt(row);
    if (heading && !event.shiftKey && headingKey(event, heading)) return event.preventDefault();
    const next = placeAfter(event, event.shiftKey ? cursor.end : cursor.at, rows.count, columns);
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (next && event.shiftKey) cursor.selectTo(next);
    else if (next) cursor.moveTo(next);
    else if (isUndo && mayWrite) void undo();
    else if (!record || !field || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Enter" && !mayOpen(field)) go(recordPath(table.id, record.id));
    else if (event.key === "Enter" || event.key === "F2") open(cursor.at);
    else if (event.key === "Escape") {
      saves.leave(record.id, field.id);
      cursor.selectTo(cursor.at);
    } else if (event.key === "Delete" || event.key === "Backspace") emptySelected();
    else if (!mayOpen(field)) return;
    else if (event.key === " " && field.field_type === "BOOLEAN")
      saves.save(record, field, String(record.data[field.id] !== true));
    else if (event.key.length === 1 && field.field_type !== "CHOICE" && field.field_type !== "BOOLEAN")
      open(cursor.at, field.field_type === "RELATION" ? undefined : event.key);
    else return;
    event.preventDefault();
  };

  /** What the editor of a cell does with the clipboard is its own. */
  const isOfGrid = (event: ClipboardEvent) =>
    opened === null && event.target instanceof Element && event.target.closest("tbody") !== null;
  return {
    cursor,
    range,
    isRange: !isOneCell(range),
    unsaved: unsaveds.unsaved,
    saves,
    opened,
    open,
    type: (text: string) => setOpened((now) => now && { ...now, text }),
    done,
    cancel,
    events: {
      onKeyDown,
      onCopy: (event: ClipboardEvent) => {
        if (isOfGrid(event)) clipboard.copy(event);
      },
      onCut: (event: ClipboardEvent) => {
        const records = isOfGrid(event) ? clipboard.copy(event) : null;
        if (records && mayWrite) empty(records);
      },
      onPaste: (event: ClipboardEvent) => {
        if (isOfGrid(event) && mayWrite) clipboard.paste(event);
      },
    },
  };
}

export type Sheet = ReturnType<typeof useSheet>;
