import { expect, test } from "vitest";
import { Digits } from "../../api/exactJson";
import type { TableField } from "../../api/tables";
import { filterIn, type Named } from "./conditions";
import { filterOfTree, treeOf } from "./filters";
import {
  isFlat,
  putTree,
  removeTree,
  withBeside,
  withCondition,
  withoutCondition,
  type FilterTree,
} from "./filterTree";

const fields = [
  { id: "f1", name: "ciudad", field_type: "TEXT" },
  { id: "f2", name: "gasto", field_type: "NUMBER" },
] as TableField[];
const is = (value: string): Named => ({ name: "ciudad", op: "eq", value });
const costs: Named = { name: "gasto", op: "gte", value: "100" };
const tree = (part: Partial<FilterTree>): FilterTree => ({ isAny: false, conditions: [], groups: [], ...part });
const cities = tree({ conditions: [costs], groups: [[is("Lima"), is("Cusco")]] });

test("the address has groups, of which one condition is enough, and reads them again", () => {
  const params = new URLSearchParams("?q=verano&filter=view&filter7[ciudad][eq]=Piura");
  putTree(params, cities);
  expect([...params]).toEqual([
    ["q", "verano"],
    ["filter[gasto][gte]", "100"],
    ["filter1[ciudad][eq]", "Lima"],
    ["filter1[ciudad][eq]", "Cusco"],
  ]);
  expect(filterIn(params)).toEqual(cities);
  removeTree(params);
  expect(String(params)).toBe("q=verano");
});

test("one part can be enough, and then the same field is asked twice", () => {
  const any = tree({ isAny: true, conditions: [is("Lima"), is("Cusco")] });
  const params = new URLSearchParams();
  putTree(params, any);
  expect(params.get("match")).toBe("any");
  expect(filterIn(params)).toEqual(any);
  expect(isFlat(any)).toBe(false);
  expect(filterIn(new URLSearchParams("?filter[a][eq]=1&filter[a][eq]=2")).conditions).toHaveLength(1);
});

test("an alternative makes a group of a condition, and the last one of a group is in none", () => {
  const first = tree({ conditions: [is("Lima"), costs] });
  const grouped = withBeside(first, 0, is("Cusco"));
  expect(grouped).toEqual(cities);
  const more = withCondition(grouped, { group: 0, at: 2 }, is("Piura"));
  expect(more.groups).toEqual([[is("Lima"), is("Cusco"), is("Piura")]]);
  const fewer = withoutCondition(withoutCondition(more, { group: 0, at: 0 }), { group: 0, at: 0 });
  expect(fewer).toEqual(tree({ conditions: [costs, is("Piura")] }));
  expect(isFlat(fewer)).toBe(true);
  expect(withoutCondition(fewer, { group: null, at: 0 }).conditions).toEqual([is("Piura")]);
});

test("a condition is changed in its place; of those that all hold none is asked twice", () => {
  const all = tree({ conditions: [is("Lima"), costs] });
  expect(withCondition(all, { group: null, at: 2 }, is("Cusco")).conditions).toEqual([is("Cusco"), costs]);
  expect(withCondition({ ...all, isAny: true }, { group: null, at: 2 }, is("Cusco")).conditions).toHaveLength(3);
  expect(withCondition(cities, { group: 0, at: 1 }, is("Piura")).groups).toEqual([[is("Lima"), is("Piura")]]);
});

test("the API is asked by ids, and for nothing of a field that is gone", () => {
  const [lima, cusco] = [
    { field: "f1", op: "eq", value: "Lima" },
    { field: "f1", op: "eq", value: "Cusco" },
  ] as const;
  const least = { field: "f2", op: "gte", value: new Digits("100") } as const;
  expect(filterOfTree(cities, fields)).toEqual({ and: [least, { or: [lima, cusco] }] });
  expect(filterOfTree({ ...cities, isAny: true }, fields)).toEqual({ or: [least, { and: [lima, cusco] }] });
  expect(filterOfTree(cities, fields.slice(0, 1))).toEqual({ or: [lima, cusco] });
  expect(filterOfTree(cities, [])).toBeNull();
  expect(treeOf({ and: [least, { or: [lima, cusco] }] }, fields)).toEqual(cities);
});
