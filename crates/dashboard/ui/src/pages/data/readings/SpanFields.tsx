import type { Span } from "../../../api/observations";
import { DateField } from "../../../components/DateField";
import type { Day } from "../../../format/dates";
import { useText } from "../../../i18n/text";

/** Two days as they are chosen; an empty one is no bound. */
export interface Bounds {
  from: Day | "";
  to: Day | "";
}

export const NO_BOUNDS: Bounds = { from: "", to: "" };

export const isBackwards = ({ from, to }: Bounds): boolean => from !== "" && to !== "" && from > to;

export const spanOf = ({ from, to }: Bounds): Span => ({ ...(from && { from }), ...(to && { to }) });

export function SpanFields({ bounds, onBounds }: { bounds: Bounds; onBounds: (bounds: Bounds) => void }) {
  const t = useText().data.remove;
  return (
    <div className="stack">
      <DateField label={t.from} value={bounds.from} onChange={(from) => onBounds({ ...bounds, from })} />
      <DateField
        label={t.to}
        hint={t.openEnd}
        value={bounds.to}
        onChange={(to) => onBounds({ ...bounds, to })}
        error={isBackwards(bounds) ? t.wrongOrder : undefined}
      />
    </div>
  );
}
