import { useCallback } from "react";
import { useSearchParams } from "wouter";

/** State that a colleague may want to see: it is in the address, and absent there while it is the default. */
export function useUrlState<T extends string>(key: string, initial: T): [T, (value: T) => void] {
  const [params, setParams] = useSearchParams();
  const value = (params.get(key) ?? initial) as T;
  const change = useCallback(
    (next: T) =>
      setParams(
        () => {
          // As the address is now: another state of this screen may have changed since it was drawn.
          const all = new URLSearchParams(location.search);
          if (next === initial) all.delete(key);
          else all.set(key, next);
          return all;
        },
        { replace: true },
      ),
    [key, initial, setParams],
  );
  return [value, change];
}
