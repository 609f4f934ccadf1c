import { expect, it } from "vitest";
import { csvOf } from "./csv";

it("quotes what has to be quoted, and leaves what is unknown empty", () => {
  expect(csvOf([["a", null, 'say "x", y', true, "two\nlines"]])).toBe('\uFEFFa,,"say ""x"", y",true,"two\nlines"\r\n');
});

it("makes formulas harmless also where another separator or an invisible character comes before them", () => {
  expect(csvOf([["2026-01-01;=HYPERLINK(1);1", "2026-01-04;\u200B=2+2;@SUM(1)"]])).toBe(
    "\uFEFF2026-01-01;'=HYPERLINK(1);1,2026-01-04;\u200B'=2+2;'@SUM(1)\r\n",
  );
});

it("makes text harmless that a spreadsheet would calculate, and keeps numbers", () => {
  expect(csvOf([["=HYPERLINK(1)", "+1", "@x", "＝x", "\tx", -12, "−12", "2026-11-27"]])).toBe(
    "\uFEFF'=HYPERLINK(1),'+1,'@x,'＝x,'\tx,-12,−12,2026-11-27\r\n",
  );
});
