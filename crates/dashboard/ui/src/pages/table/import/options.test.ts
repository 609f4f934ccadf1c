import { expect, test } from "vitest";
import { FOUND_OUT } from "../../../api/importOptions";
import type { TableField } from "../../../api/tables";
import { delimiterOf, isTold, keysOf, readAs, withColumn } from "./options";

const COLUMNS = [
  { name: "Código", field: "código" },
  { name: "Gasto S/", field: null },
  { name: "Nota", field: "nota" },
];
const field = (name: string, unique: boolean) => ({ name, unique }) as TableField;

test("a column takes a field from the one that was told to have it", () => {
  const first = withColumn(FOUND_OUT, COLUMNS, "Gasto S/", "gasto");
  expect(first.columns).toEqual({ "Gasto S/": "gasto" });
  expect(withColumn(first, COLUMNS, "Nota", "gasto").columns).toEqual({ "Gasto S/": "", Nota: "gasto" });
});

test("two columns may be passed over", () => {
  const first = withColumn(FOUND_OUT, COLUMNS, "Nota", "");
  expect(withColumn(first, COLUMNS, "Código", "").columns).toEqual({ Nota: "", Código: "" });
});

test("records are not found by a field that no column fills any more", () => {
  const options = { ...FOUND_OUT, upsert_key: "código" };
  expect(withColumn(options, COLUMNS, "Nota", "").upsert_key).toBe("código");
  expect(withColumn(options, COLUMNS, "Código", "").upsert_key).toBe("");
  expect(withColumn(options, COLUMNS, "Nota", "código").upsert_key).toBe("código");
});

test("the column of ids is told by its name alone", () => {
  const columns = [{ name: "ID", field: "id" }];
  const passedOver = withColumn({ ...FOUND_OUT, upsert_key: "id" }, columns, "ID", "");
  expect(passedOver).toMatchObject({ columns: { ID: "" }, upsert_key: "" });
  expect(withColumn(passedOver, columns, "ID", "id").columns).toEqual({});
});

test("what was told of columns is forgotten where the file has others", () => {
  const options = { ...FOUND_OUT, upsert_key: "código", columns: { Nota: "" } };
  expect(readAs(options, { delimiter: ";" })).toEqual({ ...FOUND_OUT, delimiter: ";" });
  expect(readAs(options, { decimal: "," })).toEqual({ ...options, decimal: "," });
});

test("keys are unique fields that the file fills, ids where it has them, and the one that was chosen", () => {
  const fields = [field("código", true), field("correo", true), field("nota", false)];
  expect(keysOf(fields, COLUMNS, "")).toEqual(["código"]);
  expect(keysOf(fields, [...COLUMNS, { name: "Id", field: null }], "correo")).toEqual(["código", "id", "correo"]);
});

test("a tab has a word, and what nobody told is found out", () => {
  expect([delimiterOf("\t"), delimiterOf(";")]).toEqual(["tab", ";"]);
  expect([isTold(FOUND_OUT), isTold(readAs(FOUND_OUT, { decimal: "." }))]).toEqual([false, true]);
});
