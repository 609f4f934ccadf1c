import { expect, test } from "vitest";
import { exportSearch } from "./exportSearch";

const ALL = { sort: "", q: "", conditions: [] };
const BY_IDS = { keys: "id", file_keys: "name" };
const parts = (...told: Parameters<typeof exportSearch>) =>
  Object.fromEntries(new URLSearchParams(exportSearch(...told)));

test("each kind of file is asked for in its own way", () => {
  expect(parts(ALL, "excel")).toEqual({ format: "csv", for: "excel", ...BY_IDS });
  expect(parts(ALL, "csv")).toEqual({ format: "csv", ...BY_IDS });
  expect(parts(ALL, "jsonl")).toEqual({ format: "jsonl", ...BY_IDS });
});

test("the filter, the search and the order are those of the grid", () => {
  const conditions = [
    { field: "0199-a", op: "gte", value: "10" },
    { field: "0199-b", op: "is_null", value: "false" },
  ] as const;
  expect(parts({ sort: "-0199-a,0199-b", q: "verano", conditions }, "csv")).toEqual({
    format: "csv",
    ...BY_IDS,
    sort: "-0199-a,0199-b",
    q: "verano",
    "filter[0199-a][gte]": "10",
    "filter[0199-b][is_null]": "false",
  });
});
