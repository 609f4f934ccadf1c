import { useMemo } from "react";
import type { TableField } from "../../api/tables";
import type { Grouping } from "../../api/recordGroups";
import { useAddress } from "../../components/useAddress";
import { columnsIn, columnsText, filterIn, viewFilterIn } from "./conditions";
import { askIn } from "./ask";
import { partsOf, putTree, removeTree, type FilterTree } from "./filterTree";
import { groupingIn, groupingText } from "./grouping";
import { shownIn } from "./views/savedView";

/** What of a table is shown; in the address, so that a colleague sees the same. */
export function useGridAddress(fields: readonly TableField[]) {
  const [params, change] = useAddress();
  const put = (all: URLSearchParams, key: string, value: string) =>
    value === "" ? all.delete(key) : all.set(key, value);
  const tree = useMemo(() => filterIn(params), [params]);
  const q = params.get("q") ?? "";
  const isByView = viewFilterIn(params).view !== undefined;
  const columns = useMemo(() => columnsIn(params, fields), [params, fields]);
  const grouped = params.get("group") ?? "";
  const grouping = useMemo(() => groupingIn(grouped, fields), [grouped, fields]);
  return {
    ask: askIn(params, fields),
    sort: params.get("sort") ?? "",
    q,
    /** The filter that the address has words for. */
    tree,
    /** The view that was chosen. */
    view: params.get("view"),
    /** Records are filtered by what the view keeps, and the address has no words for it. */
    isByView,
    columns,
    /** What a view keeps of it. */
    shown: shownIn(params, fields),
    /** By what the records are grouped. The API keeps no place for it in a view. */
    grouping,
    isNarrowed: q !== "" || partsOf(tree) > 0 || isByView,
    setSort: (sort: string) => change((all) => put(all, "sort", sort)),
    setGrouping: (next: Grouping | null) => change((all) => put(all, "group", groupingText(next, fields))),
    setSearch: (text: string) => change((all) => put(all, "q", text)),
    setTree: (next: FilterTree) => change((all) => putTree(all, next)),
    removeFilters: () => change(removeTree),
    setColumns: (next: readonly TableField[]) => change((all) => put(all, "fields", columnsText(next, fields))),
    /** Shows what an address says, and nothing of what was shown. */
    open: (address: URLSearchParams, { keepsGroups } = { keepsGroups: false }) =>
      change(
        (all) => {
          const group = all.get("group") ?? "";
          for (const key of [...all.keys()]) all.delete(key);
          for (const [key, value] of address) all.append(key, value);
          if (keepsGroups) put(all, "group", group);
        },
        { isStep: true },
      ),
    /** What is shown stays, and is that of no view. */
    leaveView: () =>
      change((all) => {
        if (viewFilterIn(all).view !== undefined) removeTree(all);
        all.delete("view");
      }),
    clear: () =>
      change((all) => {
        all.delete("q");
        removeTree(all);
      }),
  };
}

export type GridAddress = ReturnType<typeof useGridAddress>;
