import { expect, test } from "vitest";
import * as dates from "./dates";

test("a day is written alike in both languages and belongs to no zone", () => {
  expect(dates.day("es", "2026-11-27")).toBe("27 nov 2026");
  expect(dates.day("en", "2026-11-27")).toBe("27 Nov 2026");
  expect(dates.day("es", "2026-01-01")).toBe("1 ene 2026");
  expect(dates.day("en", "2026-09-05")).toBe("5 Sep 2026");
  expect(dates.weekDay("es", "2026-11-27")).toBe("vie 27 nov 2026");
  expect(dates.shortDay("es", "2026-09-05")).toMatch(/^5 se[pt]t?$/);
});

test("days are counted without regard to clocks that change", () => {
  expect(dates.addDays("2026-03-28", 2)).toBe("2026-03-30");
  expect(dates.addDays("2024-02-28", 1)).toBe("2024-02-29");
  expect(dates.daysBetween("2026-01-01", "2027-01-01")).toBe(365);
  expect(dates.dayOf(dates.dayNumber("2026-11-29"))).toBe("2026-11-29");
});

test("a moment is written in the zone that is asked for", () => {
  expect(dates.moment("es", "2026-11-28T02:30:00Z", "America/Lima")).toBe("27 nov 2026 21:30");
  expect(dates.moment("en", "2026-11-28T02:30:00Z", "UTC")).toBe("28 Nov 2026 02:30");
  expect(dates.dayIn(new Date("2026-11-28T02:30:00Z"), "America/Lima")).toBe("2026-11-27");
  expect(dates.time("es", new Date("2026-11-28T05:00:00Z"), "America/Lima")).toBe("00:00");
});

test("a reading at midnight is of a day alone", () => {
  expect(dates.reading("es", "2026-11-28T05:00:00Z", "America/Lima")).toBe("28 nov 2026");
  expect(dates.reading("es", "2026-11-28T05:00:01Z", "America/Lima")).toBe("28 nov 2026 00:00");
  expect(dates.reading("en", "2026-11-28T05:00:00Z", "UTC")).toBe("28 Nov 2026 05:00");
});

test("the date of the overview begins with a capital and names the day of the week", () => {
  const moment = new Date("2026-11-28T13:42:00Z");
  expect(dates.longMoment("es", moment, "America/Lima")).toBe("Sábado 28 de noviembre de 2026, 08:42");
  expect(dates.longMoment("en", moment, "America/Lima")).toBe("Saturday 28 November 2026, 08:42");
});

test("an age is told in the largest unit that fits", () => {
  const now = Date.parse("2026-11-28T12:00:00Z");
  expect(dates.ago("es", "2026-11-22T12:00:00Z", now)).toBe("hace 6 días");
  expect(dates.ago("en", "2026-11-28T03:00:00Z", now)).toBe("9 hours ago");
  expect(dates.ago("es", "2026-11-28T11:58:30Z", now)).toBe("hace 1 minuto");
});

test("a countdown has two digits of seconds", () => {
  expect(dates.clock(247)).toBe("4:07");
  expect(dates.clock(59.9)).toBe("0:59");
});

test("a zone is named by its place", () => {
  expect(dates.placeOf("America/Lima")).toBe("Lima");
  expect(dates.placeOf("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
});
