import { expect, test } from "vitest";
import { instantOf, momentInDigits, parseTypedMoment } from "./wallTime";

test("what is typed is the time of the company's clocks", () => {
  expect(parseTypedMoment("03/05/2026 18:30", "America/Lima")).toBe("2026-05-03T23:30:00.000Z");
  expect(parseTypedMoment("3/5/2026 8:05:07", "America/Lima")).toBe("2026-05-03T13:05:07.000Z");
  expect(parseTypedMoment("2026-05-03", "America/Lima")).toBe("2026-05-03T05:00:00.000Z");
});

test("an instant is written as it can be typed again", () => {
  expect(momentInDigits("2026-05-03T23:30:00.000000Z", "America/Lima")).toBe("03/05/2026 18:30");
  expect(momentInDigits("2026-05-03T23:30:09Z", "America/Lima")).toBe("03/05/2026 18:30:09");
});

test.each(["mañana", "31/02/2026 10:00", "03/05/2026 24:00", "03/05/2026 10:60", ""])("%s is no moment", (text) => {
  expect(parseTypedMoment(text, "America/Lima")).toBeNull();
});

test("clocks that change are followed, and a time that they skip is none", () => {
  expect(instantOf("2026-03-29", "03:30:00", "Europe/Madrid")).toBe("2026-03-29T01:30:00.000Z");
  expect(instantOf("2026-03-29", "02:30:00", "Europe/Madrid")).toBeNull();
});
