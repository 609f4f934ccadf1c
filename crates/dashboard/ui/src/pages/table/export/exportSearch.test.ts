import { expect, test } from "vitest";
import { exportSearch } from "./exportSearch";

const ALL = { ask: { sort: "", q: "", conditions: [] }, fields: [] };
const BY_IDS = { keys: "id", file_keys: "name" };
const parts = (...told: Parameters<typeof exportSearch>) =>
  Object.fromEntries(new URLSearchParams(exportSearch(...told)));

test("each kind of file is asked for in its own way", () => {
  expect(parts(ALL, "excel")).toEqual({ format: "csv", for: "excel", ...BY_IDS });
  expect(parts(ALL, "csv")).toEqual({ format: "csv", ...BY_IDS });
  expect(parts(ALL, "jsonl")).toEqual({ format: "jsonl", ...BY_IDS });
});

test("the filter, the search, the order and the columns are those of the grid", () => {
  const conditions = [
    { field: "0199-a", op: "gte", value: "10" },
    { field: "0199-b", op: "is_null", value: "false" },
  ] as const;
  const ask = { sort: "-0199-a,0199-b", q: "verano", conditions };
  expect(parts({ ask, fields: ["0199-b", "0199-a"] }, "csv")).toEqual({
    format: "csv",
    ...BY_IDS,
    sort: "-0199-a,0199-b",
    q: "verano",
    fields: "0199-b,0199-a",
    "filter[0199-a][gte]": "10",
    "filter[0199-b][is_null]": "false",
  });
});

test("of a view by whose filter records are filtered nothing else is taken", () => {
  const ask = { sort: "", q: "", conditions: [], view: "0199-v" };
  expect(parts({ ask, fields: [] }, "csv")).toEqual({
    format: "csv",
    ...BY_IDS,
    view: "0199-v",
    sort: "",
    q: "",
    fields: "",
  });
  expect(parts({ ask, fields: ["0199-a"] }, "csv").fields).toBe("0199-a");
});
