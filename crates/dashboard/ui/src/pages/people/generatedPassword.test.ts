import { expect, it } from "vitest";
import { generatedPassword } from "./generatedPassword";

it("makes four groups of letters that nobody mistakes for another", () => {
  expect(generatedPassword()).toMatch(/^([a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$/);
});

it("makes another one each time", () => {
  expect(new Set(Array.from({ length: 100 }, generatedPassword)).size).toBe(100);
});
