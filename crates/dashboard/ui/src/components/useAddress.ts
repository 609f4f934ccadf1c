import { useCallback, useMemo } from "react";
import { useLocation } from "wouter";
import { useLocationProperty } from "wouter/use-browser-location";

type Edit = (all: URLSearchParams) => void;

/** Changes the address. What somebody goes back from by the browser's own button is another `isStep`. */
export type ChangeAddress = (edit: Edit, options?: { isStep: boolean }) => void;

/**
 * What the address says after its question mark, and a way to change it. wouter's own hook decodes the address before it
 * takes it apart, so that a value with a percent sign comes back as another one.
 */
export function useAddress(): [URLSearchParams, ChangeAddress] {
  const search = useLocationProperty(() => location.search);
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const [path, navigate] = useLocation();
  const change = useCallback<ChangeAddress>(
    (edit, { isStep } = { isStep: false }) => {
      // As the address is now: another state of this screen may have changed since it was drawn.
      const all = new URLSearchParams(location.search);
      edit(all);
      navigate(all.size > 0 ? `${path}?${all}` : path, { replace: !isStep });
    },
    [path, navigate],
  );
  return [params, change];
}
