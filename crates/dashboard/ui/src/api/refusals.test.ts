import { expect, test } from "vitest";
import { refusalsIn, withoutRefused } from "./refusals";
import { Problem } from "./problem";

const changes = [
  { record: "a", revision: 1, data: { f1: "x", f2: "y" } },
  { record: "b", revision: 4, data: { f1: "z" } },
];
const refusal = (fields: string[]) =>
  new Problem(new Response(null, { status: 422 }), {
    errors: fields.map((field) => ({ field, code: "too_long", message: "Muy largo." })),
  });

test("a refusal names the cells that it is about", () => {
  expect(refusalsIn(refusal(["update[1].data.f1", "update[0].data.f2"]), changes)).toEqual([
    { record: "b", field: "f1", message: "Muy largo." },
    { record: "a", field: "f2", message: "Muy largo." },
  ]);
  expect(refusalsIn(refusal(["body"]), changes)).toEqual([]);
});

test("what is left is sent again, without records of which nothing is left", () => {
  const refused = refusalsIn(refusal(["update[1].data.f1", "update[0].data.f2"]), changes);
  expect(withoutRefused(changes, refused)).toEqual([{ record: "a", revision: 1, data: { f1: "x" } }]);
});
