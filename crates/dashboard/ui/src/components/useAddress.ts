import { useCallback, useMemo } from "react";
import { useLocation } from "wouter";
import { useLocationProperty } from "wouter/use-browser-location";

/**
 * What the address says after its question mark, and a way to change it. wouter's own hook decodes the address before it
 * takes it apart, so that a value with a percent sign comes back as another one.
 */
export function useAddress(): [URLSearchParams, (edit: (all: URLSearchParams) => void) => void] {
  const search = useLocationProperty(() => location.search);
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const [path, navigate] = useLocation();
  const change = useCallback(
    (edit: (all: URLSearchParams) => void) => {
      // As the address is now: another state of this screen may have changed since it was drawn.
      const all = new URLSearchParams(location.search);
      edit(all);
      navigate(all.size > 0 ? `${path}?${all}` : path, { replace: true });
    },
    [path, navigate],
  );
  return [params, change];
}
