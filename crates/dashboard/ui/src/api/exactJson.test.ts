import { expect, test } from "vitest";
import { Digits, exactJson, readExactJson } from "./exactJson";

test("a number keeps every digit and its last noughts", () => {
  const body = { data: { gasto: new Digits("12345678901234567890.10"), nombre: 'a"b', nada: null, lista: [true, 1] } };
  expect(exactJson(body)).toBe(
    '{"data":{"gasto":12345678901234567890.10,"nombre":"a\\"b","nada":null,"lista":[true,1]}}',
  );
});

test("what is not said is left out", () => {
  expect(exactJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test("what is read is written again digit by digit", () => {
  const text = String.raw`{"a":12345678901234567890.10,"b":[-0.50,1e21,"5, \"6\" 7\\",true,null]}`;
  expect(exactJson(readExactJson(text))).toBe(text);
});
