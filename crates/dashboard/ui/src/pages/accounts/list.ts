import { useState } from "react";
import { useOverview } from "../../api/overview";
import { useUrlState } from "../../components/useUrlState";
import { DEFAULT_ORDER, isDescending, isOrder, sortOf, type Order } from "./order";

/** The list of accounts as the address tells it: order, search, filter. A page of it is read at a time. */
export function useAccountsList(limit: number) {
  const [order, setOrder] = useUrlState<string>("sort", DEFAULT_ORDER);
  const [search, setSearch] = useUrlState<string>("q", "");
  const [attention, setAttention] = useUrlState<string>("attention", "");
  const isFiltered = search !== "" || attention === "any";
  const known: Order = isOrder(order) ? order : DEFAULT_ORDER;

  // Cursors belong to one list; another order or search begins at its first page.
  const list = [known, search, attention].join("\n");
  const [walked, setWalked] = useState<{ list: string; cursors: readonly string[] }>({ list, cursors: [] });
  const cursors = walked.list === list ? walked.cursors : [];
  const cursor = cursors.at(-1);

  const query = useOverview({
    sort: sortOf(known),
    order: isDescending(known) ? "desc" : "asc",
    limit,
    ...(search && { q: search }),
    ...(attention === "any" && { attention }),
    ...(cursor !== undefined && { cursor }),
  });
  const next = query.data?.next_cursor ?? null;
  return {
    query,
    order: known,
    setOrder: (to: Order) => setOrder(to),
    search,
    setSearch,
    onlyAttention: attention === "any",
    setOnlyAttention: (only: boolean) => setAttention(only ? "any" : ""),
    isFiltered,
    clear: () => (setSearch(""), setAttention("")),
    first: cursors.length * limit,
    previous: cursors.length > 0 ? () => setWalked({ list, cursors: cursors.slice(0, -1) }) : null,
    next: next !== null ? () => setWalked({ list, cursors: [...cursors, next] }) : null,
  };
}

export type AccountsList = ReturnType<typeof useAccountsList>;
