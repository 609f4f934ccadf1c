import type { ClipboardEvent } from "react";
import { MOST_AT_ONCE } from "../../api/manyRecords";
import { Problem } from "../../api/problem";
import { useFindRelated, type TableRecord } from "../../api/records";
import type { Table, TableField } from "../../api/tables";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { asTyped } from "./pasted";
import { aimedAt, type Aimed, type Range } from "./selection";
import { fromSheet, toSheet } from "./sheetText";
import type { Filled } from "./useManySaves";
import type { Relations } from "./useRelations";
import type { Rows } from "./useRows";
import type { Show } from "./useShown";
import { typable } from "./values";

interface Sheet {
  table: Table;
  rows: Rows;
  range: Range;
  relations: Relations;
  show: Show;
  mayFill: (field: TableField) => boolean;
  /** Stores texts in cells, and tells what became of it. */
  fill: (cells: readonly Filled[], lost: number) => void;
}

/** Copies what is selected for a spreadsheet, and pastes what was copied there. */
export function useClipboard({ table, rows, range, relations, show, mayFill, fill }: Sheet) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const find = useFindRelated();
  const fields = table.fields.slice(range.left - 1, range.right);
  // Headings of groups are passed over.
  const span = rows.placesIn(range.top, range.bottom);
  const places = { ...range, top: span.first, bottom: Math.max(span.first, span.end - 1) };

  /** As it can be pasted again; records of other tables by their names. */
  const written = (field: TableField, record: TableRecord) => {
    const value = record.data[field.id];
    const isShown = field.field_type === "RELATION" || field.field_type === "BOOLEAN";
    return isShown ? show(field, value) : typable(field, value, format);
  };
  const copy = (event: ClipboardEvent): readonly TableRecord[] | null => {
    event.preventDefault();
    const records = rows.known(span);
    if (!records) {
      toast("bad", t.records.copyUnread, t.records.copyUnreadNext);
      return null;
    }
    const lines = records.map((record) => fields.map((field) => written(field, record)));
    event.clipboardData.setData("text/plain", toSheet(lines));
    return records;
  };

  /** What a text stands for in a cell; a name of another table's record is looked up. */
  const meant = async (field: TableField, text: string): Promise<Pick<Filled, "text" | "refusal">> => {
    const target = relations.targetOf(field.id);
    if (field.field_type !== "RELATION" || text === "" || !target) return { text: asTyped(field, text) };
    const id = await find(target, text);
    return id === null ? { text, refusal: t.records.notOneCalled(text) } : { text: id };
  };
  const pasteText = async (text: string) => {
    const { cells, lost } = aimedAt(places, fromSheet(text), rows.places, table.fields.length);
    const last = cells.reduce((most, { row }) => Math.max(most, row), span.first);
    if (last - span.first >= MOST_AT_ONCE) return toast("bad", t.records.tooManyRows(format.number(MOST_AT_ONCE)));
    const records = await rows.read({ first: span.first, end: last + 1 });
    const filled = await Promise.all(
      cells.map(async ({ row, column, text: pasted }: Aimed): Promise<Filled[]> => {
        const record = records[row - span.first];
        const field = table.fields[column - 1];
        return record && field && mayFill(field) ? [{ record, field, ...(await meant(field, pasted)) }] : [];
      }),
    );
    fill(filled.flat(), lost + filled.filter((cell) => cell.length === 0).length);
  };
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text/plain");
    event.preventDefault();
    const refuse = (error: unknown) =>
      toast("bad", t.records.notSaved, error instanceof Problem ? error.message : t.shell.lost);
    if (text !== "") pasteText(text).catch(refuse);
  };
  return { copy, paste };
}
