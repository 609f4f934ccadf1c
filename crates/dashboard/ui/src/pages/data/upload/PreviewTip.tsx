import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { PreviewDay } from "./previewDays";

const TIP_WIDTH = 200;
/** Where the tip begins: at the top over a low line, below a high one. */
const TOP = { overLow: 8, underHigh: 104 };

interface Props {
  day: PreviewDay;
  x: number;
  width: number;
  isLow: boolean;
}

/** The values of one day, beside the line and never under the pointer. */
export function PreviewTip({ day, x, width, isLow }: Props) {
  const t = useText().data.preview;
  const format = useFormat();
  const left = x + 12 + TIP_WIDTH > width ? Math.max(0, x - 12 - TIP_WIDTH) : x + 12;
  const rows = [
    [t.stored, format.number(day.now)],
    [t.withFile, format.number(day.then)],
    [t.what, t.outcomes[day.outcome]],
  ];
  return (
    <div
      className="tip pv-tip"
      role="status"
      style={{ transform: `translate(${Math.round(left)}px, ${isLow ? TOP.overLow : TOP.underHigh}px)` }}
    >
      <b>{format.weekDay(day.day)}</b>
      {rows.map(([name, value]) => (
        <div className="tip-row" key={name}>
          <span>{name}</span>
          <span>{value}</span>
        </div>
      ))}
    </div>
  );
}
