import { describe, expect, it } from "vitest";
import { dayLabels } from "./axes";
import { fileNamePart } from "./save";
import { stepTo } from "./usePlotKeys";

const second = (day: string) => Date.parse(day) / 1000;
const DAY = 86_400;

describe("labels of days", () => {
  it("write the year once, below the first day that lies in it", () => {
    const splits = ["2026-11-27", "2026-12-27", "2027-01-26"].map(second);
    expect(dayLabels("es", splits, 30 * DAY)).toEqual(["nov\n2026", "dic", "ene\n2027"]);
    expect(dayLabels("en", splits, 15 * DAY)).toEqual(["27 Nov\n2026", "27 Dec", "26 Jan\n2027"]);
  });

  it("are years alone where the steps are years", () => {
    expect(dayLabels("es", ["2024-01-01", "2026-01-01"].map(second), 730 * DAY)).toEqual(["2024", "2026"]);
  });
});

describe("keys of a chart", () => {
  it("walk by days, by weeks with Shift, and to the ends", () => {
    expect(stepTo("ArrowLeft", false, 10, 0, 20)).toBe(9);
    expect(stepTo("ArrowRight", true, 10, 0, 20)).toBe(17);
    expect(stepTo("ArrowRight", true, 18, 0, 20)).toBe(20);
    expect(stepTo("Home", false, 10, 3, 20)).toBe(3);
    expect(stepTo("End", false, 10, 3, 20)).toBe(20);
    expect(stepTo("a", false, 10, 0, 20)).toBeNull();
  });
});

it("makes a file's name of whatever an account is called", () => {
  expect(fileNamePart("@interbank/ayuda <1>")).toBe("_interbank_ayuda_1_");
  expect(fileNamePart("ñandú")).toBe("ñandú");
  expect(fileNamePart("")).toBe("x");
});
