import { expect, test } from "vitest";
import { Digits, exactJson } from "../../../api/exactJson";
import { pageRequest, pageSearch } from "../../../api/recordsSearch";
import type { TableField } from "../../../api/tables";
import type { View, ViewFilter } from "../../../api/views";
import { treeOf } from "../filters";
import { addressOf, isChangedSince, requestOf, sayable, shownIn } from "./savedView";

const fields = [
  { id: "f1", name: "nombre", field_type: "TEXT" },
  { id: "f2", name: "gasto, S/", field_type: "NUMBER" },
  { id: "f3", name: "activa", field_type: "BOOLEAN" },
  { id: "f4", name: "hora", field_type: "DATETIME" },
] as TableField[];

const EMPTY = { filter: null, q: null, sort: [], fields: [], missing_fields: [] };
const view = (kept: Partial<View>) =>
  ({ id: "v1", name: "Caras", own: true, shared: false, ...EMPTY, ...kept }) as View;
const costs = { field: "f2", op: "gte", value: new Digits("100.50") } as const;
const grouped = { or: [costs, { field: "f3", op: "eq", value: true }] } as const satisfies ViewFilter;
const deep = { or: [{ and: [grouped, costs] }, costs] } satisfies ViewFilter;
const shownBy = (kept: Partial<View>) => shownIn(addressOf(view(kept), fields), fields);

test("a view is an address with the names of fields, and what that shows is what is kept", () => {
  const kept = {
    filter: { and: [costs, { field: "f3", op: "is_null", value: false }] } as ViewFilter,
    q: "verano",
    sort: ["-f2", "created_at"],
    fields: ["f3", "f2"],
  };
  const address = addressOf(view(kept), fields);
  expect(Object.fromEntries(address)).toEqual({
    view: "v1",
    q: "verano",
    sort: "-gasto%2C S/,created_at",
    fields: "activa,gasto%2C S/",
    "filter[gasto, S/][gte]": "100.50",
    "filter[activa][is_null]": "false",
  });
  expect(requestOf(shownIn(address, fields), null, fields)).toEqual({ ...kept, keys: "id" });
});

test("a view of everything leaves nothing in the address but its id", () => {
  expect(String(addressOf(view({ fields: ["f1", "f2", "f3", "f4"] }), fields))).toBe("view=v1");
  expect(requestOf(shownBy({}), null, fields)).toEqual({ filter: null, q: null, sort: [], fields: [], keys: "id" });
});

test.each<[string, ViewFilter]>([
  ["a group in a group in a group", deep],
  ["a group of the same kind in a group", { and: [{ and: [costs] }] }],
  ["one field and operator twice", { and: [costs, costs] }],
  ["a value with a comma among several", { field: "f1", op: "in", value: ["a,b", "c"] }],
  ["a moment that is no day", { field: "f4", op: "gte", value: "2026-05-03T18:30:00-05:00" }],
  ["a field that the table does not have", { field: "f9", op: "eq", value: "x" }],
])("a filter with %s has no words in the address, and is asked by the view", (_, filter) => {
  expect(treeOf(filter, fields)).toBeNull();
  const shown = shownBy({ filter });
  expect(shown.ask).toEqual({ sort: "", q: "", conditions: [], view: "v1" });
  const search = new URLSearchParams(pageSearch(shown.ask, 1));
  // What the view says besides of its filter is not taken again where somebody removed it.
  expect(["view", "q", "sort", "fields"].map((key) => search.get(key))).toEqual(["v1", "", "", ""]);
  expect(requestOf(shown, filter, fields).filter).toBe(filter);
});

test("conditions of the address stand in the place of the filter of the view", () => {
  const address = addressOf(view({ filter: deep }), fields);
  address.set("filter[nombre][contains]", "a");
  const shown = shownIn(address, fields);
  expect(shown.ask.view).toBeUndefined();
  expect(requestOf(shown, deep, fields).filter).toEqual({ field: "f1", op: "contains", value: "a" });
});

test.each<[string, ViewFilter]>([
  ["one of several conditions", grouped],
  ["a group among conditions", { and: [costs, grouped] }],
  ["a group of conditions that all hold", { or: [costs, { and: [costs, { field: "f3", op: "eq", value: true }] }] }],
])("a filter with %s is in the address, and kept as it was", (_, filter) => {
  const shown = shownBy({ filter });
  expect(shown.ask.view).toBeUndefined();
  expect(exactJson(requestOf(shown, null, fields).filter)).toBe(exactJson(filter));
  expect(pageRequest(shown.ask, 2)).toMatchObject({ filter: shown.ask.filter, page: 2, keys: "id" });
});

test("values are kept as the API takes them, digit by digit", () => {
  const params = new URLSearchParams({
    "filter[gasto, S/][between]": "0.10,9007199254740993",
    "filter[gasto, S/][gte]": "abc",
    "filter[activa][eq]": "true",
    "filter[nombre][eq]": "5",
  });
  const { filter } = requestOf(shownIn(params, fields), null, fields);
  expect(exactJson((filter?.and ?? []).map(({ value }) => value))).toBe('[[0.10,9007199254740993],"abc",true,"5"]');
});

test("it is told when something else is shown than the view keeps", () => {
  const kept = view({ filter: costs, sort: ["-f2"], fields: ["f2", "f1"] });
  const address = addressOf(kept, fields);
  const isChanged = (edit: (all: URLSearchParams) => void) => {
    const all = new URLSearchParams(address);
    edit(all);
    return isChangedSince(kept, shownIn(all, fields), fields);
  };
  expect(isChanged(() => undefined)).toBe(false);
  expect(isChanged((all) => all.set("filter[nombre][eq]", "x"))).toBe(true);
  expect(isChanged((all) => all.set("filter[gasto, S/][gte]", "101"))).toBe(true);
  expect(isChanged((all) => all.set("q", "verano"))).toBe(true);
  expect(isChanged((all) => all.delete("sort"))).toBe(true);
  expect(isChanged((all) => all.set("fields", "nombre,gasto%2C S/"))).toBe(true);
  expect(isChanged((all) => all.delete("fields"))).toBe(true);
  const byGroup = view({ filter: grouped });
  expect(isChangedSince(byGroup, shownIn(addressOf(byGroup, fields), fields), fields)).toBe(false);
  expect(isChangedSince(byGroup, shownIn(new URLSearchParams({ view: "v1" }), fields), fields)).toBe(true);
});

test("a filter with groups is exported by the view that keeps it, and by no other", () => {
  const kept = view({ filter: grouped });
  const shown = shownBy({ filter: grouped, sort: ["f1"] });
  expect(sayable(shown, kept, fields)?.ask).toEqual({ sort: "f1", q: "", conditions: [], view: "v1" });
  expect(sayable(shown, view({ filter: costs }), fields)).toBeNull();
  expect(sayable(shown, null, fields)).toBeNull();
  const flat = shownBy({ filter: costs });
  expect(sayable(flat, null, fields)).toBe(flat);
});

test("the order of conditions is no change", () => {
  const flag = { field: "f3", op: "eq", value: true } as const;
  const [one, other] = [{ and: [costs, flag] }, { and: [flag, costs] }];
  expect(isChangedSince(view({ filter: one }), shownBy({ filter: other }), fields)).toBe(false);
});
