import { useEffect, useRef } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Path, PathRow } from "../../api/forecasts";
import { useGoal, type Goal } from "../../api/goal";
import { useDraft } from "../../session/drafts";
import type { Day } from "../../format/dates";
import { clampedDay, gainOver, horizonFor } from "./goals";
import { roundGoal } from "./timeline";
import type { AccountView, ChangeView } from "./view";

interface Input {
  handle: string;
  /** Null where no model is trained. */
  path: Path | null | undefined;
  /** All that is forecast, whatever the horizon of the chart. */
  all: readonly PathRow[];
  /** The followers now. */
  now: number | undefined;
  settings: AccountView;
  change: ChangeView;
}

export interface AccountGoal {
  /** Null where nothing is known to begin with. */
  goal: number | null;
  /** Nobody typed it yet. */
  isProposed: boolean;
  by: Day | undefined;
  query: UseQueryResult<Goal>;
  /** Takes a goal that somebody typed. */
  take: (goal: number) => void;
  /** Makes the chart reach the goal's dates; null where it does, and where the forecast does not. */
  reach: (() => void) | null;
}

/** The goal of an account: in the address, and for this session also where somebody comes back without it. */
export function useAccountGoal({ handle, path, all, now, settings, change }: Input): AccountGoal {
  const [kept, keep] = useDraft<number | null>(`goal/${handle}`, null);
  useEffect(() => {
    if (settings.goal !== null) keep(settings.goal);
    // In the address it is there also after the page was loaded anew, and for others who are given the link.
    else if (kept !== null) change({ goal: kept });
    // Only a goal of the address is kept; keeping it changes nothing that is asked for.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settings.goal]);
  const typed = settings.goal ?? kept;
  const goal = typed ?? (now === undefined ? null : roundGoal(now, gainOver(all, now)));
  const by = clampedDay(settings.by, all) ?? all[Math.min(89, all.length - 1)]?.fecha;
  const query = useGoal(handle, path ? goal : null, by);

  // A goal that was just typed leads the chart to its dates, once: whoever shortens the horizon then is let be.
  const led = useRef<number | null>(null);
  const answer = query.isPlaceholderData ? undefined : query.data;
  const horizon = answer && answer.seguidores === goal ? horizonFor(answer.dates, all, settings.horizon) : null;
  const reach = horizon === null ? null : () => change({ horizon, zoom: null });
  useEffect(() => {
    if (!answer || answer.seguidores !== led.current) return;
    led.current = null;
    reach?.();
    // The goal is followed when its answer comes, not when the chart changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [answer]);

  const take = (next: number) => {
    led.current = next;
    change({ goal: next });
  };
  return { goal, isProposed: typed === null, by, query, take, reach };
}
