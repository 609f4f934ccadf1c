import type { TableField } from "../../api/tables";
import { useAddress } from "../../components/useAddress";
import { askIn, conditionsIn, keyOf, type Named } from "./conditions";

/** What of a table is shown; in the address, so that a colleague sees the same. */
export function useGridAddress(fields: readonly TableField[]) {
  const [params, change] = useAddress();
  const put = (all: URLSearchParams, key: string, value: string) =>
    value === "" ? all.delete(key) : all.set(key, value);
  const conditions = conditionsIn(params);
  const q = params.get("q") ?? "";
  return {
    ask: askIn(params, fields),
    sort: params.get("sort") ?? "",
    q,
    conditions,
    isNarrowed: q !== "" || conditions.length > 0,
    setSort: (sort: string) => change((all) => put(all, "sort", sort)),
    setSearch: (text: string) => change((all) => put(all, "q", text)),
    setCondition: (condition: Named, before?: Named) =>
      change((all) => {
        if (before) all.delete(keyOf(before));
        all.set(keyOf(condition), condition.value);
      }),
    removeCondition: (condition: Named) => change((all) => all.delete(keyOf(condition))),
    clear: () =>
      change((all) => {
        all.delete("q");
        for (const condition of conditions) all.delete(keyOf(condition));
      }),
  };
}

export type GridAddress = ReturnType<typeof useGridAddress>;
