import { expect, test } from "vitest";
import { Digits } from "../../api/exactJson";
import { lengthOf, NO_FIELD, requestOf } from "./fieldDraft";

const reader = { language: "es", zone: "America/Lima" } as const;
const common = { is_required: false, unique: false };

test("a number has exact bounds, and nothing of other types", () => {
  const draft = {
    ...NO_FIELD,
    label: "Gasto en soles",
    type: "NUMBER",
    min: "0",
    max: "1,000.50",
    pattern: "x",
  } as const;
  expect(requestOf(draft, reader)).toEqual({
    ...common,
    name: "gasto_en_soles",
    display_name: "Gasto en soles",
    field_type: "NUMBER",
    min: new Digits("0"),
    max: new Digits("1000.50"),
  });
});

test("choices are one a line, and none twice", () => {
  const draft = { ...NO_FIELD, label: "Canal", type: "CHOICE" } as const;
  expect(requestOf({ ...draft, choices: " Radio \n\nRedes\n" }, reader)?.choices).toEqual(["Radio", "Redes"]);
  expect(requestOf({ ...draft, choices: "Radio\nRadio" }, reader)).toBeNull();
  expect(requestOf(draft, reader)).toBeNull();
});

test("a relation needs a table and the field to choose by", () => {
  const draft = { ...NO_FIELD, label: "Ciudad", type: "RELATION", target: "t" } as const;
  expect(requestOf(draft, reader)).toBeNull();
  expect(requestOf({ ...draft, targetField: "nombre" }, reader)).toMatchObject({
    target_entity_id: "t",
    target_display_field: "nombre",
    on_delete: "restrict",
  });
});

test("without a name, or with a bound that is none, nothing is asked for", () => {
  expect(requestOf(NO_FIELD, reader)).toBeNull();
  expect(requestOf({ ...NO_FIELD, label: "Día", type: "DATE", min: "ayer" }, reader)).toBeNull();
});

test("a field may give new records a value, which is one of its type", () => {
  const draft = { ...NO_FIELD, label: "Piezas", type: "INTEGER" } as const;
  expect(requestOf({ ...draft, initial: "1,000" }, reader)?.default).toEqual(new Digits("1000"));
  expect(requestOf({ ...draft, initial: "x" }, reader)).toBeNull();
  expect(requestOf({ ...draft, type: "BOOLEAN", initial: "false" }, reader)?.default).toBe(false);
});

test("the length of a text is a whole number, or not said", () => {
  expect(lengthOf("1,000", reader)).toEqual({ value: 1000 });
  expect(lengthOf(" ", reader)).toEqual({ value: null });
  expect(lengthOf("muchos", reader)).toEqual({ broken: "whole" });
});
