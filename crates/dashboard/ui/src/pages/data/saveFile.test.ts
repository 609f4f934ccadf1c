import { expect, it } from "vitest";
import { csvOf } from "./saveFile";

it("quotes what would break a table", () => {
  expect(csvOf([["a,b", 'say "x"', "two\nlines", "plain"]])).toBe('"a,b","say ""x""","two\nlines",plain\r\n');
});

it("keeps a cell from being taken for a formula", () => {
  expect(csvOf([["=1+1", "@x", "-5", "＝x"]])).toBe("'=1+1,'@x,'-5,'＝x\r\n");
});
