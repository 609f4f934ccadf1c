import { expect, it } from "vitest";
import { span } from "./span";

it("writes the largest unit that fits", () => {
  expect(span("es", 259_200)).toBe("3 días");
  expect(span("es", 3_600)).toBe("1 hora");
  expect(span("en", 7_199)).toBe("1 hour");
  expect(span("en", 0)).toBe("0 seconds");
});
