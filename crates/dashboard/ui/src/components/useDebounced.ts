import { useEffect, useState } from "react";

const PAUSE_MS = 250;

/** What was typed, once the typing pauses, so that not every letter is a request. */
export function useDebounced(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
