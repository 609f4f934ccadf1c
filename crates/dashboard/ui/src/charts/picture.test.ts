import { expect, it } from "vitest";
import { linesOf } from "./picture";

it("breaks a caption into lines that fit, and keeps a word that is longer than a line", () => {
  const measure = (text: string) => text.length;
  expect(linesOf("uno dos tres cuatro", 8, measure)).toEqual(["uno dos", "tres", "cuatro"]);
  expect(linesOf("extraordinariamente si", 8, measure)).toEqual(["extraordinariamente", "si"]);
  expect(linesOf("", 8, measure)).toEqual([]);
});
