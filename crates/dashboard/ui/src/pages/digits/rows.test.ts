import { expect, it } from "vitest";
import type { DigitRead } from "../../api/digits";
import { rowsOf } from "./rows";

const digits = (count: number): DigitRead[] =>
  Array.from({ length: count }, (_, digito) => ({
    digito,
    probabilidad: 1,
    caja: [0, 0, 1, 1],
    alternativas: [],
    revisar: false,
  }));

it("finds the rows of a page in its reading", () => {
  expect(rowsOf({ lectura: "012 34", digitos: digits(5) })).toEqual([
    [0, 1, 2],
    [3, 4],
  ]);
});

it("has one row where the reading tells of others digits than those that were found", () => {
  expect(rowsOf({ lectura: "01", digitos: digits(3) })).toEqual([[0, 1, 2]]);
});
