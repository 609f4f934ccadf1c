import { expect, test } from "vitest";
import { asTyped } from "./pasted";

test.each([
  ["Sí", "true"],
  ["VERDADERO", "true"],
  ["no", "false"],
  ["0", "false"],
  ["", ""],
  ["quizá", "quizá"],
])("%s is pasted into yes or no as %s", (text, typed) => {
  expect(asTyped({ field_type: "BOOLEAN" }, text)).toBe(typed);
});

test("a choice is found whatever its case and accents", () => {
  const field = { field_type: "CHOICE", choices: ["Radio", "Televisión"] } as const;
  expect(asTyped({ ...field, choices: [...field.choices] }, " television ")).toBe("Televisión");
  expect(asTyped({ ...field, choices: [...field.choices] }, "Prensa")).toBe("Prensa");
  const labelled = { field_type: "CHOICE", choices: ["A", "B"], choice_labels: { B: "De baja" } } as const;
  expect(asTyped({ ...labelled, choices: [...labelled.choices] }, "de BAJA")).toBe("B");
});

test("a text keeps its blanks, and a number does not", () => {
  expect(asTyped({ field_type: "TEXT" }, " a ")).toBe(" a ");
  expect(asTyped({ field_type: "NUMBER" }, " 1,234.5 ")).toBe("1,234.5");
});
