import { useCallback, useEffect, useRef } from "react";

/** A function that stays the same while what it does follows the latest drawing, for what is drawn again seldom. */
export function useLatest<Args extends unknown[]>(action: (...args: Args) => void): (...args: Args) => void {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
