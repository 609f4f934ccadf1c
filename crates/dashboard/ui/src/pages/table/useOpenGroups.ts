import { useState } from "react";
import type { GroupKey } from "../../api/recordGroups";

/** So many groups are open at first; of more one sees the headings, and opens what one looks for. */
const MOST_OPEN_AT_FIRST = 20;

interface State {
  /** The grouping that it is of. */
  of: string;
  /** Whether groups are open that nobody touched; null until somebody opened or closed all. */
  areOpen: boolean | null;
  touched: ReadonlySet<GroupKey>;
}

/** Which groups are open. Another grouping begins anew. */
export function useOpenGroups(of: string, groups: number) {
  const fresh: State = { of, areOpen: null, touched: new Set() };
  const [state, setState] = useState(fresh);
  const now = state.of === of ? state : fresh;
  // As it was at first, although a group more was made meanwhile.
  const areOpen = now.areOpen ?? groups <= MOST_OPEN_AT_FIRST;
  return {
    isOpen: (key: GroupKey) => areOpen !== now.touched.has(key),
    toggle: (key: GroupKey) => {
      const touched = new Set(now.touched);
      if (!touched.delete(key)) touched.add(key);
      setState({ of, areOpen, touched });
    },
    setAll: (isOpen: boolean) => setState({ of, areOpen: isOpen, touched: new Set() }),
  };
}

export type OpenGroups = ReturnType<typeof useOpenGroups>;
