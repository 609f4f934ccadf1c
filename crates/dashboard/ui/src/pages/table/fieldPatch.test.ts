import { expect, test } from "vitest";
import { Digits } from "../../api/exactJson";
import type { TableField } from "../../api/tables";
import { draftOf, patchOf } from "./fieldPatch";

const reader = { language: "es", zone: "America/Lima" } as const;
const FIELD = {
  id: "f",
  display_name: "Gasto",
  field_type: "NUMBER",
  is_required: false,
  unique: false,
  max_length: null,
  min: 0,
  max: 1000.5,
} as unknown as TableField;
const field = (part: object) => ({ ...FIELD, ...part }) as TableField;
const patch = (of: TableField, change: object) => patchOf(of, { ...draftOf(of, reader), ...change }, reader);

test("nothing is asked for of what stays as it was read", () => {
  expect(patch(FIELD, {})).toEqual({});
  const moment = field({ field_type: "DATETIME", min: "2026-05-03T23:30:15Z", max: null, default: null });
  expect(patch(moment, {})).toEqual({});
  const text = field({ field_type: "TEXT", min: null, max: null, max_length: 1000, pattern: "\\d+", default: "x" });
  expect(patch(text, {})).toEqual({});
});

test("a rule that is emptied is taken away, and one that is typed is exact", () => {
  expect(patch(FIELD, { min: "", max: "12,345,678,901,234,567,890.1" })).toEqual({
    min: null,
    max: new Digits("12345678901234567890.1"),
  });
  const text = field({ field_type: "TEXT", min: null, max: null, max_length: 50, pattern: "\\d+" });
  expect(patch(text, { pattern: "", maxLength: "" })).toEqual({ pattern: null, max_length: null });
});

test("a field becomes required with a value for the records that have none", () => {
  expect(patch(FIELD, { isRequired: true, isUnique: true, initial: "5" })).toEqual({
    is_required: true,
    unique: true,
    default: new Digits("5"),
  });
});

test("choices are asked for in their order, and never none or one twice", () => {
  const choice = field({ field_type: "CHOICE", min: null, max: null, choices: ["Radio", "Redes"] });
  expect(patch(choice, { choices: "Radio\nRedes\n" })).toEqual({});
  expect(patch(choice, { choices: "Redes\nRadio" })).toEqual({ choices: ["Redes", "Radio"] });
  expect(patch(choice, { choices: "" })).toBeNull();
  expect(patch(choice, { choices: "Radio\nRadio" })).toBeNull();
});

test("while something typed is not complete nothing is asked for", () => {
  expect(patch(FIELD, { label: " " })).toBeNull();
  expect(patch(FIELD, { min: "mucho" })).toBeNull();
  expect(patch(field({ field_type: "TEXT", min: null, max: null }), { maxLength: "x" })).toBeNull();
});
