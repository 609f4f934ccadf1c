import type { Language } from "../i18n/language";
import type { Brush } from "./brush";
import type { Values, View } from "./geometry";
import type { Token } from "./palette";

export interface Line {
  key: string;
  /** One value for each day of the chart. */
  values: Values;
  color: Token;
  width?: number;
  dash?: number[];
}

/** What a chart shows. */
export interface Drawing {
  language: Language;
  /** Days since 1970, without a gap: a day without a value has null in the lines. */
  days: readonly number[];
  lines: readonly Line[];
  view: View;
  /** Least and greatest value of the axis, for the days in view. */
  rangeOf: () => [number, number];
  formatValue: (value: number, step: number) => string;
  heightFor: (width: number) => number;
  /** Room right of the days for words at the ends of lines, in pixels. */
  roomFor?: (width: number) => number;
  /** Behind the grid: grounds. */
  ground?: ((brush: Brush) => void) | undefined;
  /** Between the grid and the lines: bands. */
  below?: ((brush: Brush) => void) | undefined;
  /** Over the lines: marks and labels. */
  above?: ((brush: Brush) => void) | undefined;
}
