import { expect, test } from "vitest";
import type { TableField } from "../../api/tables";
import { fieldsOf, isSameSet, withoutSet, withSet } from "./uniqueSets";

const field = (name: string, display_name: string) => ({ name, display_name }) as TableField;

test("the order of the fields does not tell sets apart", () => {
  expect(isSameSet(["dia", "ciudad"], ["ciudad", "dia"])).toBe(true);
  expect(isSameSet(["dia", "ciudad"], ["dia", "canal"])).toBe(false);
  expect(isSameSet(["dia", "ciudad"], ["dia", "ciudad", "canal"])).toBe(false);
});

test("a set is added once, and only it is taken away", () => {
  const sets = withSet(withSet([["dia", "ciudad"]], ["dia", "canal"]), ["ciudad", "dia"]);
  expect(sets).toEqual([
    ["dia", "canal"],
    ["ciudad", "dia"],
  ]);
  expect(withoutSet(sets, ["dia", "ciudad"])).toEqual([["dia", "canal"]]);
});

test("a set is told by what people call its fields, as the table orders them", () => {
  const table = { fields: [field("ciudad", "Ciudad"), field("gasto", "Gasto"), field("dia", "Día")] };
  expect(fieldsOf(table, ["dia", "ciudad"])).toEqual(["Ciudad", "Día"]);
});
