import { SHORTEST_HORIZON } from "../../api/limits";
import { Segmented } from "../../components/Segmented";
import { useText } from "../../i18n/text";
import { RangeField } from "./RangeField";
import { RANGES, type Range } from "./view";

interface Props {
  range: Range | null;
  onRange: (range: Range) => void;
  /** Null where nothing is forecast. */
  horizon: number | null;
  /** The most days that are forecast. */
  furthest: number;
  onHorizon: (days: number) => void;
}

export function ChartTools({ range, onRange, horizon, furthest, onHorizon }: Props) {
  const t = useText();
  return (
    <div className="acct-tools">
      <Segmented
        label={t.account.range}
        value={range}
        onChange={onRange}
        options={RANGES.map((value) => ({ value, text: t.account.ranges[value] }))}
      />
      {horizon !== null && (
        <RangeField
          label={t.account.horizon}
          numberLabel={t.account.horizonDays}
          unit={t.account.daysUnit}
          min={SHORTEST_HORIZON}
          max={furthest}
          value={Math.min(horizon, furthest)}
          onChange={onHorizon}
        />
      )}
    </div>
  );
}
