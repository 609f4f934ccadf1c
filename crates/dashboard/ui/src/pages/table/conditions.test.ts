import { expect, test } from "vitest";
import { pageSearch } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { askIn } from "./ask";
import { filterIn, sortAfterClick, sortsIn } from "./conditions";

const fields = [
  { id: "f1", name: "gasto" },
  { id: "f2", name: "raro][x" },
] as TableField[];

test("the address is asked by ids, which stay when a field is renamed", () => {
  const params = new URLSearchParams(
    "?filter[gasto][gte]=100&filter[raro][x][eq]=a&sort=-gasto,viejo,raro][x&q= verano ",
  );
  const ask = askIn(params, fields);
  expect(ask).toEqual({
    sort: "-f1,f2",
    q: "verano",
    conditions: [
      { field: "f1", op: "gte", value: "100" },
      { field: "f2", op: "eq", value: "a" },
    ],
  });
  expect(new URLSearchParams(pageSearch(ask, 1)).get("filter[f1][gte]")).toBe("100");
});

test("a filter on a field that is gone is shown and not asked", () => {
  const params = new URLSearchParams("?filter[viejo][eq]=1&sort=viejo");
  expect(filterIn(params).conditions).toEqual([{ name: "viejo", op: "eq", value: "1" }]);
  expect(askIn(params, fields)).toEqual({ sort: "", q: "", conditions: [] });
});

test("an operator that there is not is passed over", () => {
  expect(filterIn(new URLSearchParams("?filter[gasto][like]=1")).conditions).toEqual([]);
});

test("a column sorts up, down, and not at all", () => {
  expect(sortAfterClick("", "gasto")).toBe("gasto");
  expect(sortAfterClick("gasto", "gasto")).toBe("-gasto");
  expect(sortAfterClick("-gasto", "gasto")).toBe("");
  expect(sortAfterClick("-gasto", "nombre")).toBe("nombre");
});

test("a column that is added to the order goes behind the others, and turns in its place", () => {
  expect(sortAfterClick("gasto", "nombre", true)).toBe("gasto,nombre");
  expect(sortAfterClick("gasto,nombre", "gasto", true)).toBe("-gasto,nombre");
  expect(sortAfterClick("-gasto,nombre", "gasto", true)).toBe("nombre");
  expect(sortAfterClick("gasto,nombre", "nombre")).toBe("-nombre");
});

test("a name with a comma or a minus is one name", () => {
  const sort = sortAfterClick("", "-a,b%");
  expect(sortsIn(sort)).toEqual([{ name: "-a,b%", isDown: false }]);
  expect(sortsIn(sortAfterClick(sort, "-a,b%"))).toEqual([{ name: "-a,b%", isDown: true }]);
});
