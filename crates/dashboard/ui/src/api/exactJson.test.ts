import { expect, test } from "vitest";
import { Digits, exactJson } from "./exactJson";

test("a number keeps every digit and its last noughts", () => {
  const body = { data: { gasto: new Digits("12345678901234567890.10"), nombre: 'a"b', nada: null, lista: [true, 1] } };
  expect(exactJson(body)).toBe(
    '{"data":{"gasto":12345678901234567890.10,"nombre":"a\\"b","nada":null,"lista":[true,1]}}',
  );
});

test("what is not said is left out", () => {
  expect(exactJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});
