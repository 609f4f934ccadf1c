import { describe, expect, it } from "vitest";
import { addMonths, daysOf, isDayOf, isMonth, lastOf, monthsBetween } from "./period";
import { isTime, textsOf, valueOf } from "./readingTexts";
import { isBackwards, spanOf } from "./SpanFields";

describe("a period", () => {
  it("walks months over the end of a year", () => {
    expect([addMonths("2026-12", 1), addMonths("2026-01", -1)]).toEqual(["2027-01", "2025-12"]);
    expect(monthsBetween("2025-11", "2026-02")).toEqual(["2026-02", "2026-01", "2025-12", "2025-11"]);
  });

  it("ends a month with its last day", () => {
    expect([lastOf("2028-02"), lastOf("2026-04")]).toEqual(["2028-02-29", "2026-04-30"]);
    expect([daysOf("2026-02").length, daysOf("2026-02")[0]]).toEqual([28, "2026-02-28"]);
  });

  it("takes no month and no day of a pasted address that does not exist", () => {
    expect([isMonth("2026-11"), isMonth("2026-13"), isMonth("x")]).toEqual([true, false, false]);
    expect([isDayOf("2026-11-30", "2026-11"), isDayOf("2026-11-31", "2026-11")]).toEqual([true, false]);
  });

  it("leaves out a bound that is empty", () => {
    expect(spanOf({ from: "2026-01-01", to: "" })).toEqual({ from: "2026-01-01" });
    expect(isBackwards({ from: "2026-01-02", to: "2026-01-01" })).toBe(true);
  });
});

describe("a reading", () => {
  const texts = { day: "2026-11-27", time: "9:05", followers: " 1200 ", posts: "", following: "71" };

  it("is complete with a day, a time and followers", () => {
    expect(valueOf(null, texts)).toEqual({ hora: "2026-11-27 09:05", seguidores: 1200, tweets: null, siguiendo: 71 });
    expect(valueOf(null, { ...texts, day: "" })).toBeNull();
    expect(valueOf(null, { ...texts, time: "24:00" })).toBeNull();
    expect(valueOf(null, { ...texts, followers: "" })).toBeNull();
    expect(valueOf(null, { ...texts, posts: "1.5" })).toBeNull();
  });

  it("keeps its time to the letter when it is edited, and its other counts", () => {
    const stored = { hora: "2026-11-20T23:59:00.123456Z", seguidores: 5, tweets: 3, siguiendo: null };
    expect(valueOf(stored, { ...textsOf(stored), followers: "6" })).toEqual({ ...stored, seguidores: 6 });
  });

  it("has a time of 24 hours", () => {
    expect(["00:00", "23:59", "7:30", "24:00", "7:5", ""].map(isTime)).toEqual([true, true, true, false, false, false]);
  });
});
