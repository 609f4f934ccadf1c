import { useEffect, useRef } from "react";
import type { TableRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { usePrinting } from "../../components/usePrinting";
import { useText } from "../../i18n/text";
import { CellConflictDialog } from "./CellConflictDialog";
import { CellEditor } from "./CellEditor";
import { GridColumns } from "./GridColumns";
import { GridFoot } from "./GridFoot";
import { GridHead } from "./GridHead";
import { GridRow } from "./GridRow";
import { GroupHeading } from "./GroupHeading";
import { runsOf, type Run } from "./rowWindow";
import { Spacer } from "./Spacer";
import { useDeleteWithUndo } from "./useDeleteWithUndo";
import type { GridAddress } from "./useGridAddress";
import { useGridPointer } from "./useGridPointer";
import { useLatest } from "./useLatest";
import type { Relations } from "./useRelations";
import type { Rows } from "./useRows";
import { useRowWindow } from "./useRowWindow";
import { useSheet } from "./useSheet";
import type { Show } from "./useShown";
import { useMayWrite } from "./useMayWrite";

interface Props {
  table: Table;
  rows: Rows;
  /** How many groups there are; null where records are not grouped. */
  groups: number | null;
  address: GridAddress;
  relations: Relations;
  show: Show;
}

/** The most rows that are put on paper. */
const MOST_PRINTED = 1_000;

/** Records as a sheet, of which the rows in view are drawn. */
export function GridTable({ table, rows, groups, address, relations, show }: Props) {
  const t = useText();
  const mayWrite = useMayWrite(table);
  const grid = useRef<HTMLTableElement>(null);
  const remove = useDeleteWithUndo(table);
  const sheet = useSheet(grid, { table, rows, relations, show, mayWrite });
  const { cursor, range } = sheet;
  const { span, height } = useRowWindow(grid, rows.count);
  const kept = [cursor.at.row, cursor.end.row];
  const isPrinting = usePrinting();
  useEffect(() => rows.show(span, kept));
  // Another order or filter begins with its first row.
  const asked = JSON.stringify([address.ask, address.grouping]);
  useEffect(() => {
    if (grid.current?.parentElement) grid.current.parentElement.scrollTop = 0;
  }, [asked]);
  const printed = isPrinting ? rows.knownFirst(MOST_PRINTED) : null;
  const runs: Run[] = printed ? [{ skipped: 0, first: 0, end: printed.length }] : runsOf(span, kept, rows.count);
  const pointer = useGridPointer(cursor, sheet.opened !== null, sheet.open);
  const columns = table.fields.length + (mayWrite ? 2 : 1);
  const deleteRecord = useLatest(async (record: TableRecord, row: number, name: string) => {
    const revision = await sheet.saves.settled(record);
    remove({ record: record.id, revision, name, onDone: () => cursor.moveTo({ row, column: 1 }) });
  });
  const rowAt = (row: number) => {
    const heading = rows.headingAt(row);
    if (heading)
      return (
        <GroupHeading
          key={row}
          heading={heading}
          row={row}
          fields={table.fields}
          mayWrite={mayWrite}
          show={show}
          isReached={cursor.at.row === row}
        />
      );
    const record = printed ? (printed[row] ?? undefined) : rows.at(row);
    const reached = cursor.at.row === row ? cursor.at.column : null;
    const isSelected = sheet.isRange && row >= range.top && row <= range.bottom;
    const opened = record && sheet.opened?.record === record.id ? sheet.opened : null;
    return (
      <GridRow
        key={row}
        table={table}
        record={record}
        row={row}
        place={rows.numberAt(row)}
        isInGroup={groups !== null}
        show={show}
        mayWrite={mayWrite}
        unsaved={record && sheet.unsaved[record.id]}
        reached={reached}
        selectedFrom={isSelected ? range.left : null}
        selectedTo={isSelected ? range.right : null}
        edited={opened?.field.id ?? null}
        editor={
          record &&
          opened && (
            <CellEditor
              field={opened.field}
              relations={relations}
              text={opened.text}
              isReplaced={opened.isReplaced}
              onType={sheet.type}
              onDone={(text, leave) => sheet.done(record, text, leave)}
              onCancel={sheet.cancel}
            />
          )
        }
        onDelete={deleteRecord}
      />
    );
  };
  const left = rows.count - (runs.at(-1)?.end ?? 0);
  return (
    <>
      <div className="table-wrap sheet-wrap" aria-busy={rows.isBusy}>
        <table
          ref={grid}
          role={groups === null ? "grid" : "treegrid"}
          className="sheet"
          aria-label={table.display_name}
          aria-describedby="sheet-keys"
          aria-readonly={!mayWrite || undefined}
          aria-multiselectable="true"
          aria-rowcount={rows.isExact ? rows.count + 1 : -1}
          {...sheet.events}
          {...pointer}
        >
          <GridColumns table={table} mayWrite={mayWrite} />
          <GridHead table={table} address={address} mayWrite={mayWrite} />
          <tbody>
            {runs.flatMap(({ skipped, first, end }) => [
              skipped > 0 && <Spacer key={`before ${first}`} rows={skipped} height={height} columns={columns} />,
              ...Array.from({ length: end - first }, (_, at) => rowAt(first + at)),
            ])}
            {!printed && left > 0 && <Spacer key="rest" rows={left} height={height} columns={columns} />}
          </tbody>
        </table>
        <p className="sr" id="sheet-keys">
          {mayWrite ? t.records.keys : t.records.keysRead}
          {groups !== null && ` ${t.grouping.keys}`}
        </p>
        {sheet.saves.conflict && <CellConflictDialog saves={sheet.saves} table={table} show={show} />}
      </div>
      <GridFoot rows={rows} groups={groups} selected={sheet.isRange ? range : null} printed={printed?.length ?? null} />
    </>
  );
}
