import type { OverviewRow } from "../../api/overview";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { growthAhead, growthByWeek, WEEKS, wholeCloses } from "./growth";

const WIDTH = 120;
const HEIGHT = 32;
const STEPS_AHEAD = 4;
const PITCH = WIDTH / (WEEKS + STEPS_AHEAD);
const BAR = PITCH - 2;

/** Growth a day, week by week, and what is expected after it: steady growth would look alike as a level. */
export function Sparkline({ row }: { row: OverviewRow }) {
  const t = useText();
  const format = useFormat();
  const weeks = growthByWeek(wholeCloses(row));
  const known = weeks.filter((week) => week !== null);
  const ahead = growthAhead(row);
  if (known.length < 2) {
    return (
      <span className="sub-line">
        {row.days_needed ? t.accounts.daysNeeded(row.days_needed) : row.seguidores === null ? "" : t.accounts.noGrowth}
      </span>
    );
  }
  const lowest = Math.min(0, ...known, ahead?.lower ?? 0);
  const highest = Math.max(0, ...known, ahead?.upper ?? 0);
  const y = (growth: number) => HEIGHT - 1 - ((growth - lowest) / (highest - lowest || 1)) * (HEIGHT - 2);
  const label = [
    t.accounts.growthOf(format.signed(Math.min(...known)), format.signed(Math.max(...known))),
    ahead &&
      t.accounts.growthAhead(format.signed(ahead.expected), format.signed(ahead.lower), format.signed(ahead.upper)),
  ];
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label.filter(Boolean).join(" ")}
    >
      {weeks.map((week, at) => week !== null && <Bar key={at} x={at * PITCH} from={y(0)} to={y(week)} />)}
      {ahead && <Tail lower={y(ahead.lower)} middle={y(ahead.expected)} upper={y(ahead.upper)} />}
      <path className="sp-zero" d={`M0 ${y(0)}H${WIDTH}`} />
    </svg>
  );
}

function Bar({ x, from, to }: { x: number; from: number; to: number }) {
  return <rect className="sp-bar" x={x} width={BAR} y={Math.min(from, to)} height={Math.abs(from - to)} />;
}

function Tail({ lower, middle, upper }: { lower: number; middle: number; upper: number }) {
  const x = WEEKS * PITCH;
  return (
    <>
      <rect className="sp-band" x={x} width={WIDTH - x} y={upper} height={Math.max(0, lower - upper)} />
      <path className="sp-mid" d={`M${x} ${middle}H${WIDTH}`} />
    </>
  );
}
