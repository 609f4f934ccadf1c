import { expect, test } from "vitest";
import { fromSheet, toSheet } from "./sheetText";

test("what is copied can be pasted again, whatever it holds", () => {
  const rows = [
    ["Verano", "1,234.50", ""],
    ['con "comillas"', "dos\nlíneas", "un\ttab"],
    ["=1+1", "-5", "'=x"],
    ["@suma", "+51 999", "-a"],
    ["", "", ""],
  ];
  expect(fromSheet(toSheet(rows))).toEqual(rows);
});

test("a text that looks like a formula is none in the sheet that it is pasted into", () => {
  expect(toSheet([["=HYPERLINK(1)", " +cmd", "-5", "-1+1"]])).toBe("'=HYPERLINK(1)\t' +cmd\t-5\t'-1+1");
});

test("the line end of the last row begins no other row", () => {
  expect(fromSheet("a\tb\r\nc\td\r\n")).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  expect(fromSheet("a")).toEqual([["a"]]);
});

test("a quote in the middle of a cell is a quote", () => {
  expect(fromSheet('5" de largo\tb')).toEqual([['5" de largo', "b"]]);
});
