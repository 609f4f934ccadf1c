import { expect, test } from "vitest";
import { recordsSearch } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { askIn, conditionsIn, sortAfterClick } from "./conditions";

const fields = [
  { id: "f1", name: "gasto" },
  { id: "f2", name: "raro][x" },
] as TableField[];

test("the address is asked by ids, which stay when a field is renamed", () => {
  const params = new URLSearchParams("?filter[gasto][gte]=100&filter[raro][x][eq]=a&sort=-gasto&q= verano &page=3");
  const ask = askIn(params, fields);
  expect(ask).toEqual({
    page: 3,
    sort: "-f1",
    q: "verano",
    conditions: [
      { field: "f1", op: "gte", value: "100" },
      { field: "f2", op: "eq", value: "a" },
    ],
  });
  expect(new URLSearchParams(recordsSearch(ask)).get("filter[f1][gte]")).toBe("100");
});

test("a filter on a field that is gone is shown and not asked", () => {
  const params = new URLSearchParams("?filter[viejo][eq]=1&sort=viejo&page=x");
  expect(conditionsIn(params)).toEqual([{ name: "viejo", op: "eq", value: "1" }]);
  expect(askIn(params, fields)).toEqual({ page: 1, sort: "", q: "", conditions: [] });
});

test("an operator that there is not is passed over", () => {
  expect(conditionsIn(new URLSearchParams("?filter[gasto][like]=1"))).toEqual([]);
});

test("a column sorts up, down, and not at all", () => {
  expect(sortAfterClick("", "gasto")).toBe("gasto");
  expect(sortAfterClick("gasto", "gasto")).toBe("-gasto");
  expect(sortAfterClick("-gasto", "gasto")).toBe("");
  expect(sortAfterClick("-gasto", "nombre")).toBe("nombre");
});
