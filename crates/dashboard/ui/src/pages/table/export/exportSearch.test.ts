import { expect, test } from "vitest";
import type { TableField } from "../../../api/tables";
import { exportSearch } from "./exportSearch";

const field = (id: string, name: string) => ({ id, name }) as TableField;
const FIELDS = [field("0199-a", "gasto"), field("0199-b", "fecha, hora"), field("0199-c", "-x")];
const ALL = { sort: "", q: "", conditions: [] };
const parts = (...told: Parameters<typeof exportSearch>) =>
  Object.fromEntries(new URLSearchParams(exportSearch(...told)));

test("each kind of file is asked for in its own way", () => {
  expect(parts(ALL, FIELDS, "excel")).toEqual({ format: "csv", for: "excel" });
  expect(parts(ALL, FIELDS, "csv")).toEqual({ format: "csv" });
  expect(parts(ALL, FIELDS, "jsonl")).toEqual({ format: "jsonl" });
});

test("the filter and the order of the grid go by the names of fields", () => {
  const conditions = [
    { field: "0199-a", op: "gte", value: "10" },
    { field: "0199-b", op: "is_null", value: "false" },
  ] as const;
  expect(parts({ sort: "-0199-a", q: "verano", conditions }, FIELDS, "csv")).toEqual({
    format: "csv",
    sort: "-gasto",
    q: "verano",
    "filter[gasto][gte]": "10",
    "filter[fecha, hora][is_null]": "false",
  });
});

test("an order by a name that it cannot say is left out", () => {
  expect(parts({ ...ALL, sort: "0199-b,-0199-a,0199-c" }, FIELDS, "csv")).toEqual({ format: "csv", sort: "-gasto" });
});
