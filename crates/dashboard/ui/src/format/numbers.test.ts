import { expect, test } from "vitest";
import { bytes, compact, number, share, signed, signedShare } from "./numbers";

const NBSP = "\u00a0";

test("thousands are grouped from four digits on, in both languages", () => {
  expect(number("es", 4812)).toBe("4,812");
  expect(number("en", 4812)).toBe("4,812");
  expect(number("es", 1_123_964.4, 1)).toBe("1,123,964.4");
});

test("a change has its sign, a true minus, and nought has none", () => {
  expect(signed("es", 695)).toBe("+695");
  expect(signed("es", -1214)).toBe("−1,214");
  expect(signed("en", 0)).toBe("0");
  expect(signed("en", -0.3)).toBe("0");
});

test("per cent has a space that does not break in Spanish and none in English", () => {
  expect(share("es", 0.8)).toBe(`80${NBSP}%`);
  expect(share("en", 0.8)).toBe("80%");
  expect(signedShare("es", -0.428)).toBe(`−42.8${NBSP}%`);
  expect(signedShare("en", 0)).toBe("0.0%");
});

test("short numbers keep small ones whole", () => {
  expect(compact("en", 999)).toBe("999");
  expect(compact("en", 1_234_000)).toBe("1.2M");
  expect(compact("es", -1_234_000)).toMatch(/^−1\.2/);
});

test("sizes are in the unit that reads best", () => {
  expect(bytes("es", 512)).toBe(`512${NBSP}B`);
  expect(bytes("en", 16_777_216)).toBe(`16.8${NBSP}MB`);
});
