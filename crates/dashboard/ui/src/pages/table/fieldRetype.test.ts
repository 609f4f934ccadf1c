import { expect, test } from "vitest";
import { Digits } from "../../api/exactJson";
import type { TableField } from "../../api/tables";
import { otherTypes, retypedDraftOf, retypeOf } from "./fieldRetype";
import type { Reader } from "./values";

const READER: Reader = { language: "es", zone: "America/Lima" };
const FIELD = { id: "gasto", display_name: "Gasto", field_type: "TEXT", unique: true, max_length: 80 } as TableField;

test("another type is asked for with its own rules, and without those of the old one", () => {
  const draft = { ...retypedDraftOf(FIELD, "NUMBER"), min: "1,000.50" };
  expect(retypeOf(draft, READER)).toEqual({ field_type: "NUMBER", unique: true, min: new Digits("1000.50") });
});

test("two values are too few to be without repeats", () => {
  expect(retypeOf(retypedDraftOf(FIELD, "BOOLEAN"), READER)).toEqual({ field_type: "BOOLEAN", unique: false });
});

test("what a type needs has to be there", () => {
  expect(retypeOf(retypedDraftOf(FIELD, "CHOICE"), READER)).toBeNull();
  expect(retypeOf(retypedDraftOf(FIELD, "RELATION"), READER)).toBeNull();
  expect(retypeOf({ ...retypedDraftOf(FIELD, "INTEGER"), max: "mucho" }, READER)).toBeNull();
});

test("a field is not offered the type that it has", () => {
  expect(otherTypes(FIELD, ["TEXT", "NUMBER", "DATE"])).toEqual(["NUMBER", "DATE"]);
});
