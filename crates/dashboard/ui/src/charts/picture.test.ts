import { expect, it } from "vitest";
import { linesOf, ratioFor } from "./picture";

it("breaks a caption into lines that fit, and keeps a word that is longer than a line", () => {
  const measure = (text: string) => text.length;
  expect(linesOf("uno dos tres cuatro", 8, measure)).toEqual(["uno dos", "tres", "cuatro"]);
  expect(linesOf("extraordinariamente si", 8, measure)).toEqual(["extraordinariamente", "si"]);
  expect(linesOf("", 8, measure)).toEqual([]);
});

it("draws a picture in whole pixels, at least as many as a slide and the screen have", () => {
  expect([ratioFor(340, 1), ratioFor(668, 1), ratioFor(1_900, 1), ratioFor(668, 3.5)]).toEqual([5, 3, 2, 4]);
});
