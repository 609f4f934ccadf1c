import { useState } from "react";

/** The digit that is looked at: under the pointer, else the one that was chosen by keys or by a touch. */
export interface Chosen {
  at: number | null;
  hover: (at: number | null) => void;
  /** Null lets go of it. */
  choose: (at: number | null) => void;
  toggle: (at: number) => void;
}

export function useChosen(): Chosen {
  const [hovered, hover] = useState<number | null>(null);
  const [chosen, choose] = useState<number | null>(null);
  return { at: hovered ?? chosen, hover, choose, toggle: (at) => choose(chosen === at ? null : at) };
}
