import { useCallback } from "react";
import { useAddress } from "./useAddress";

/** State that a colleague may want to see: it is in the address, and absent there while it is the default. */
export function useUrlState<T extends string>(key: string, initial: T): [T, (value: T) => void] {
  const [params, edit] = useAddress();
  const value = (params.get(key) ?? initial) as T;
  const change = useCallback(
    (next: T) =>
      edit((all) => {
        if (next === initial) all.delete(key);
        else all.set(key, next);
      }),
    [key, initial, edit],
  );
  return [value, change];
}
