import type { DigitRead } from "../../api/digits";

/** How sure a digit is, in words. A digit that should be looked at is never called sure. */
export type Sureness = "verySure" | "sure" | "unsure" | "doubtful";

const VERY_SURE = 0.99;
const UNSURE = 0.6;

export function surenessOf({ probabilidad, revisar }: Pick<DigitRead, "probabilidad" | "revisar">): Sureness {
  if (!revisar) return probabilidad >= VERY_SURE ? "verySure" : "sure";
  return probabilidad >= UNSURE ? "unsure" : "doubtful";
}

/** Certainty and impossibility are never said: what lies beyond the last digit that is written stands as a bound. */
export type Rounded = { bound: "over" | "under"; percent: number } | { bound: null; percent: number };

export function roundedShare(share: number): Rounded {
  const percent = share * 100;
  if (percent > 99.9) return { bound: "over", percent: 99.9 };
  if (percent < 1) return { bound: "under", percent: 1 };
  // Above 99 the first decimal tells more than the whole part; it is cut, so that 100 is never reached.
  return { bound: null, percent: percent > 99 ? Math.floor(percent * 10) / 10 : Math.round(percent) };
}

/** A digit that is less probable than this is no other way to read it. */
const LIKELY = 0.01;

/** What else a digit may be, by what is worth to be told. */
export const othersOf = ({ digito, alternativas }: Pick<DigitRead, "digito" | "alternativas">) =>
  alternativas.filter((other) => other.digito !== digito && other.probabilidad >= LIKELY);
