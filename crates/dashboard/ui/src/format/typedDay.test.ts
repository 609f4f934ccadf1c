import { describe, expect, it } from "vitest";
import { addMonths, dayInDigits, monthName, parseTypedDay, weekdayNames, weekdayOf, weeksOf } from "./typedDay";

describe("a typed day", () => {
  it.each([
    ["27/11/2026", "2026-11-27"],
    ["7/1/2027", "2027-01-07"],
    ["7.1.27", "2027-01-07"],
    ["27 11 2026", "2026-11-27"],
    ["27112026", "2026-11-27"],
    [" 2026-11-27 ", "2026-11-27"],
    ["2026-1-7", "2026-01-07"],
    ["29/02/2028", "2028-02-29"],
  ])("reads %s", (text, day) => expect(parseTypedDay(text)).toBe(day));

  it.each(["", "27/11", "31/02/2026", "29/02/2027", "00/01/2026", "1/13/2026", "mañana", "27/11/2026 10:00"])(
    "does not read %j",
    (text) => expect(parseTypedDay(text)).toBeNull(),
  );

  it("is written with the day first", () => expect(dayInDigits("2026-11-07")).toBe("07/11/2026"));
});

describe("the grid of a month", () => {
  it("begins its weeks on Monday and fills them with the neighbours' days", () => {
    const weeks = weeksOf("2026-11");
    expect(weeks[0]?.[0]).toBe("2026-10-26");
    expect(weeks.at(-1)?.at(-1)).toBe("2026-12-06");
    expect(weeks.every((week) => week.length === 7)).toBe(true);
  });

  it("needs four weeks for a February that begins on a Monday", () => expect(weeksOf("2027-02")).toHaveLength(4));

  it("keeps the last of a month that is shorter", () => {
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(addMonths("2026-11-30", 3)).toBe("2027-02-28");
    expect(addMonths("2026-01-15", -1)).toBe("2025-12-15");
    expect(addMonths("2026-12-31", 12)).toBe("2027-12-31");
  });

  it("counts weekdays from Monday, also before 1970", () => {
    expect(weekdayOf("2026-11-27")).toBe(4);
    expect(weekdayOf("1969-12-29")).toBe(0);
  });

  it("names months and weekdays in both languages", () => {
    expect(monthName("es", "2026-11")).toBe("noviembre de 2026");
    expect(monthName("en", "2026-11")).toBe("November 2026");
    expect(weekdayNames("es", "short")).toEqual(["lu", "ma", "mi", "ju", "vi", "sá", "do"]);
    expect(weekdayNames("en", "long")[6]).toBe("Sunday");
  });
});
