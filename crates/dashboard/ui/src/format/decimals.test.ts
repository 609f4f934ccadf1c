import { expect, test } from "vitest";
import { decimal, typedDecimal } from "./decimals";

test.each([
  ["1234567.890", "1,234,567.890"],
  ["-0.10", "−0.10"],
  ["12345678901234567890.12345678", "12,345,678,901,234,567,890.12345678"],
  ["999", "999"],
])("%s is shown with all its digits", (text, shown) => {
  expect(decimal("es", text)).toBe(shown);
  expect(typedDecimal("es", shown)).toBe(text);
});

test.each([
  [" 1234.50 ", "1234.50"],
  ["1,234", "1234"],
  ["007", "7"],
  [".5", "0.5"],
  ["+3", "3"],
])("%s typed is %s", (typed, digits) => {
  expect(typedDecimal("en", typed)).toBe(digits);
});

test.each(["1,5", "1,23,4", "12a", "", "-", ".", "1e3", "1.2.3"])("%s is no number", (typed) => {
  expect(typedDecimal("es", typed)).toBeNull();
});
