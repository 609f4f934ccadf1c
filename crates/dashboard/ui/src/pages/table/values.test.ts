import { expect, test } from "vitest";
import { Digits } from "../../api/exactJson";
import type { FieldType, TableField } from "../../api/tables";
import { changesOf, typable, valueOf, wireOf } from "./values";

const reader = { language: "es", zone: "America/Lima" } as const;
const field = (field_type: FieldType, id = field_type): TableField => ({
  id,
  entity_id: "e",
  name: id,
  display_name: id,
  field_type,
  is_required: false,
  max_length: null,
  column_name: id,
  display_order: 1,
  created_at: "2026-11-29T00:00:00Z",
  unique: false,
});

test.each<[FieldType, unknown, string]>([
  ["NUMBER", "-1234567.890", "-1,234,567.890"],
  ["INTEGER", 1234, "1,234"],
  ["DATE", "2026-05-03", "03/05/2026"],
  ["DATETIME", "2026-05-03T23:30:00.000000Z", "03/05/2026 18:30"],
  ["BOOLEAN", true, "true"],
  ["JSON", '{"a":12345678901234567890}', '{\n  "a": 12345678901234567890\n}'],
  ["TEXT", null, ""],
])("a value of %s is written as it can be typed again", (type, value, text) => {
  expect(typable(field(type), value, reader)).toBe(text);
});

test("a typed number keeps its digits", () => {
  expect(valueOf(field("NUMBER"), "12,345,678,901,234,567,890.10", reader)).toEqual({
    value: new Digits("12345678901234567890.10"),
  });
});

test.each<[FieldType, string, string]>([
  ["NUMBER", "1,5", "number"],
  ["INTEGER", "1.5", "whole"],
  ["DATE", "31/02/2026", "date"],
  ["DATETIME", "ayer", "moment"],
  ["BOOLEAN", "quizá", "flag"],
  ["JSON", "{a: 1}", "json"],
])("%s refuses %s", (type, text, broken) => {
  expect(valueOf(field(type), text, reader)).toEqual({ broken });
});

test("only what was changed is sent; what was emptied is cleared", () => {
  const fields = [field("TEXT"), field("DATETIME"), field("INTEGER"), field("DATE")];
  const shown = { TEXT: "a", DATETIME: "2026-05-03T23:30:00.123456Z", INTEGER: 5, DATE: null };
  const texts = { TEXT: "a", DATETIME: "03/05/2026 18:30", INTEGER: "", DATE: "x" };
  expect(changesOf(fields, shown, texts, reader)).toEqual({ data: { INTEGER: null }, broken: { DATE: "date" } });
});

test("what was read can be written again, digit by digit", () => {
  expect(wireOf(field("NUMBER"), "2.50")).toEqual(new Digits("2.50"));
  expect(wireOf(field("INTEGER"), 7)).toEqual(new Digits("7"));
  expect(wireOf(field("BOOLEAN"), false)).toBe(false);
  expect(wireOf(field("TEXT"), null)).toBeNull();
});
