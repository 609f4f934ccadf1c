import { expect, test } from "vitest";
import { indented, isJson } from "./json";

test("each member has its line, and nothing else changes", () => {
  const json = '{"a":[1.50,{"b":"x, {y}: \\"z\\""}],"c":{},"d":12345678901234567890}';
  const lines = [
    "{",
    '  "a": [',
    "    1.50,",
    "    {",
    '      "b": "x, {y}: \\"z\\""',
    "    }",
    "  ],",
    '  "c": {},',
    '  "d": 12345678901234567890',
    "}",
  ];
  expect(indented(json)).toBe(lines.join("\n"));
  expect(indented("5")).toBe("5");
});

test.each([
  ["[1]", true],
  ['"a"', true],
  ["null", false],
  ["{a:1}", false],
  ["", false],
])("%s is JSON: %s", (text, is) => {
  expect(isJson(text)).toBe(is);
});
