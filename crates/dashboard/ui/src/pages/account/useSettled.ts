import { useEffect, useRef, useState } from "react";

const SETTLES_MS = 250;

/**
 * A value that is moved quickly: shown at once, and handed on when it rests. Browsers refuse an address that changes many
 * times a second, and a request for each step of a slider helps nobody.
 */
export function useSettled<T>(settled: T, onSettle: (value: T) => void): [T, (value: T) => void] {
  const [moving, setMoving] = useState<{ value: T } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const move = (value: T) => {
    clearTimeout(timer.current);
    setMoving({ value });
    timer.current = setTimeout(() => {
      onSettle(value);
      setMoving(null);
    }, SETTLES_MS);
  };
  return [moving ? moving.value : settled, move];
}
