import type { Sort } from "../../api/overview";

const SORTS: readonly Sort[] = ["name", "followers", "change_7", "change_28", "forecast", "data", "attention"];

/** A sort and its direction in one word of the address: `-followers` begins with the largest. */
export type Order = Sort | `-${Sort}`;
export const DEFAULT_ORDER: Order = "-followers";

export const sortOf = (order: Order): Sort => (order.startsWith("-") ? order.slice(1) : order) as Sort;
export const isDescending = (order: Order): boolean => order.startsWith("-");
export const isOrder = (text: string): text is Order => SORTS.includes(sortOf(text as Order));

/** The order after a click on a column: largest first, then the other way round; names begin with A. */
export function orderAfterClick(now: Order, column: Sort): Order {
  if (sortOf(now) === column) return isDescending(now) ? column : `-${column}`;
  return column === "name" || column === "data" ? column : `-${column}`;
}
