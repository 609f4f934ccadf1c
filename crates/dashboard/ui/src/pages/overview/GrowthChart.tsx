import { useMemo } from "react";
import type { Brush } from "../../charts/brush";
import type { Drawing } from "../../charts/drawing";
import { extent, type View } from "../../charts/geometry";
import type { Token } from "../../charts/palette";
import { Plot } from "../../charts/Plot";
import { dayOf } from "../../format/dates";
import { useFormat, type Format } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { lastValue, spread } from "./growth";

export interface IndexedAccount {
  handle: string;
  values: (number | null)[];
}

/** Each account is told from the others by its dash, too, and not by its colour only. */
const LOOKS: readonly { color: Token; dash: number[] }[] = [
  { color: "s1", dash: [] },
  { color: "s2", dash: [8, 4] },
  { color: "s3", dash: [2, 3] },
  { color: "s4", dash: [10, 3, 2, 3] },
  { color: "s5", dash: [5, 5] },
];
export const MOST = LOOKS.length;

const NARROW = 560;
const LABEL_GAP = 17;
const LONGEST_NAME = 22;

const shortened = (name: string) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);

/** Accounts of any size side by side: followers as an index of the first day. */
export function GrowthChart({ days, accounts }: { days: number[]; accounts: IndexedAccount[] }) {
  const t = useText();
  const format = useFormat();
  const [first = 0, last = 0] = [days[0], days.at(-1)];
  const drawing = useMemo(() => drawingOf(days, accounts, format), [days, accounts, format]);
  const ends = accounts.map(({ handle, values }) => t.overview.growthEnd(handle, format.number(lastValue(values), 1)));
  return (
    <>
      <Plot
        label={`${t.overview.growthLabel(accounts.length)}. ${ends.join("; ")}`}
        drawing={drawing}
        bounds={[first, last]}
        describe={(at) => ({
          title: format.weekDay(dayOf(days[at] ?? 0)),
          rows: accounts.map(({ handle, values }) => [handle, format.number(values[at], 1)] as const),
          notes: [],
        })}
      />
      <ul className="growth-key">
        {accounts.map(({ handle }, at) => (
          <li key={handle} className="row-tight xs soft">
            <svg viewBox="0 0 22 8" aria-hidden="true">
              <line x2="22" y1="4" y2="4" strokeWidth="2" className={LOOKS[at]?.color} strokeDasharray={dashOf(at)} />
            </svg>
            {handle}
          </li>
        ))}
      </ul>
    </>
  );
}

const dashOf = (at: number) => LOOKS[at]?.dash.join(" ") || undefined;

function drawingOf(days: number[], accounts: readonly IndexedAccount[], format: Format): Drawing {
  const values = accounts.map((account) => account.values);
  const longest = Math.max(0, ...accounts.map((account) => shortened(account.handle).length));
  const view: View = [days[0] ?? 0, days.at(-1) ?? 0];
  const [least, greatest] = extent(days, values, view) ?? [100, 100];
  const [low, high] = [Math.min(least, 100), Math.max(greatest, 100)];
  const margin = Math.max(high - low, 0.5) * 0.06;
  return {
    language: format.language,
    days,
    lines: accounts.map((account, at) => ({ key: account.handle, values: account.values, ...lookAt(at), width: 2 })),
    view,
    rangeOf: () => [low - margin, high + margin],
    formatValue: (value, step) => format.number(value, step < 1 ? 1 : 0),
    heightFor: (width) => (width < NARROW ? 250 : width > 1100 ? 380 : 300),
    roomFor: (width) => (width < NARROW ? 48 : 56 + longest * 7),
    above: (brush) => {
      const hundred = brush.y(100);
      brush.horizontal(hundred, "ink-3", 1, [2, 3]);
      drawEnds(brush, accounts, format);
    },
  };
}

const lookAt = (at: number) => LOOKS[at] ?? { color: "s6" as Token, dash: [] };

/** The newest value of each line at its end, with its name where there is room: below the chart it stands as well. */
function drawEnds(brush: Brush, accounts: readonly IndexedAccount[], format: Format): void {
  const ends = accounts.flatMap(({ handle, values }, at) => {
    const value = lastValue(values);
    return value === null ? [] : [{ handle, value, color: lookAt(at).color }];
  });
  const places = spread(
    ends.map((end) => brush.y(end.value)),
    LABEL_GAP,
    [brush.top + 4, brush.bottom - 4],
  );
  const isNarrow = brush.ctx.canvas.width / brush.ratio < NARROW;
  ends.forEach(({ handle, value, color }, at) => {
    const text = format.number(value, 1);
    const y = places[at] ?? 0;
    brush.text(text, brush.right + 8, y, color, { weight: 650, outside: true });
    if (isNarrow) return;
    const x = brush.right + 14 + brush.width(text, 650);
    brush.text(shortened(handle), x, y, "ink-2", { outside: true });
  });
}
