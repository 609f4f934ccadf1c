import { expect, test } from "vitest";
import { isProgramName, suggestedName } from "./programName";

test.each([
  ["Campañas", "campanas"],
  ["  Días de pago (2026) ", "dias_de_pago_2026"],
  ["2026", "_2026"],
  ["¿?", ""],
])("%s suggests %s", (displayName, name) => {
  expect(suggestedName(displayName)).toBe(name);
});

test("a suggestion is a name that the server takes", () => {
  expect(isProgramName(suggestedName("Ñandú, 3.ª edición"))).toBe(true);
  expect(isProgramName("2026")).toBe(false);
});
