/** A part of a forecast, in whole followers. */
export interface Part<K extends string = string> {
  key: K;
  value: number;
  /** Where its bar starts, on the scale of its own group. */
  start: number;
  /** Drawn on the larger scale, because it would vanish beside the others. */
  isSmall: boolean;
}

/** A part this many times smaller than the largest one vanishes beside it. */
const VANISHES = 12;

/**
 * Parts in whole followers that add up to the rounded whole exactly: each is the difference of two rounded sums. `first`
 * is what the parts are added to.
 */
export function wholeParts<K extends string>(first: number, parts: readonly (readonly [K, number])[]): Part<K>[] {
  let sum = first;
  const whole = parts.map(([key, value]) => {
    const before = Math.round(sum);
    sum += value;
    return { key, value: Math.round(sum) - before };
  });
  const largest = Math.max(0, ...whole.map((part) => Math.abs(part.value)));
  const starts = { small: 0, large: 0 };
  return whole.map((part) => {
    const isSmall = part.value !== 0 && Math.abs(part.value) * VANISHES < largest;
    const group = isSmall ? "small" : "large";
    const start = starts[group];
    starts[group] += part.value;
    return { ...part, start, isSmall };
  });
}

/** The least and the greatest place that bars of a group reach; never an empty stretch. */
export function stretchOf(parts: readonly Part[], isSmall: boolean): [number, number] {
  const places = parts.filter((part) => part.isSmall === isSmall).flatMap(({ start, value }) => [start, start + value]);
  const [least, greatest] = [Math.min(0, ...places), Math.max(0, ...places)];
  return least === greatest ? [least, least + 1] : [least, greatest];
}
