import { IconButton } from "../../../components/Button";
import { Select } from "../../../components/Field";
import type { Day } from "../../../format/dates";
import { monthName } from "../../../format/typedDay";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { addMonths, daysOf, monthsBetween, type Month } from "./period";

interface Props {
  first: Month;
  last: Month;
  month: Month;
  /** Empty for the whole month. */
  day: Day | "";
  onMonth: (month: Month) => void;
  onDay: (day: Day | "") => void;
}

/** Walks the months that have readings, and the days of one. */
export function PeriodChoice({ first, last, month, day, onMonth, onDay }: Props) {
  const t = useText().data.list;
  const { language, weekDay } = useFormat();
  // A month of a pasted address may lie outside.
  const months = [...new Set([...monthsBetween(first, last), month])].sort().reverse();
  return (
    <div className="row period">
      <IconButton
        label={t.earlier}
        icon="left"
        disabled={month <= first}
        onClick={() => onMonth(addMonths(month, -1))}
      />
      <Select
        label={t.month}
        hideLabel
        value={month}
        onChange={onMonth}
        options={months.map((value) => ({ value, text: monthName(language, value) }))}
      />
      <IconButton label={t.later} icon="right" disabled={month >= last} onClick={() => onMonth(addMonths(month, 1))} />
      <Select
        label={t.day}
        hideLabel
        value={day}
        onChange={onDay}
        options={[
          { value: "", text: t.wholeMonth },
          ...daysOf(month).map((value) => ({ value, text: weekDay(value) })),
        ]}
      />
    </div>
  );
}
