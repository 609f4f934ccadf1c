import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { addDays, type Day } from "../format/dates";
import { addMonths, monthName, monthOf, spokenDay, weekdayNames, weekdayOf, weeksOf } from "../format/typedDay";
import { useLanguage, useText } from "../i18n/text";
import { IconButton } from "./Button";

interface Props {
  /** The day that has the focus at first. */
  start: Day;
  chosen: Day | null;
  min?: Day | undefined;
  max?: Day | undefined;
  onChoose: (day: Day) => void;
  onClose: () => void;
}

/** Where a key leads from a day of the grid. */
function target(key: string, isShift: boolean, day: Day): Day | null {
  switch (key) {
    case "ArrowLeft":
      return addDays(day, -1);
    case "ArrowRight":
      return addDays(day, 1);
    case "ArrowUp":
      return addDays(day, -7);
    case "ArrowDown":
      return addDays(day, 7);
    case "Home":
      return addDays(day, -weekdayOf(day));
    case "End":
      return addDays(day, 6 - weekdayOf(day));
    case "PageUp":
      return addMonths(day, isShift ? -12 : -1);
    case "PageDown":
      return addMonths(day, isShift ? 12 : 1);
    default:
      return null;
  }
}

/** One month, walked by arrow keys; Page Up and Down change the month, with Shift the year. */
export function MonthGrid({ start, chosen, min, max, onChoose, onClose }: Props) {
  const t = useText();
  const language = useLanguage();
  const grid = useRef<HTMLTableElement>(null);
  const within = (day: Day): Day => (min && day < min ? min : max && day > max ? max : day);
  const isAllowed = (day: Day) => within(day) === day;
  const [at, setAt] = useState(within(start));
  const month = monthOf(at);
  useEffect(() => grid.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus(), [at]);

  const onKey = (event: KeyboardEvent) => {
    const next = target(event.key, event.shiftKey, at);
    if (!next) return;
    event.preventDefault();
    setAt(within(next));
  };

  return (
    <div
      className="menu-pop month"
      role="dialog"
      aria-label={t.dateField.choose}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="row-tight between">
        <IconButton
          small
          label={t.dateField.previousMonth}
          icon="left"
          disabled={min !== undefined && monthOf(min) >= month}
          onClick={() => setAt(within(addMonths(at, -1)))}
        />
        <span className="strong" aria-live="polite">
          {monthName(language, month)}
        </span>
        <IconButton
          small
          label={t.dateField.nextMonth}
          icon="right"
          disabled={max !== undefined && monthOf(max) <= month}
          onClick={() => setAt(within(addMonths(at, 1)))}
        />
      </div>
      <table role="grid" aria-label={monthName(language, month)} ref={grid} onKeyDown={onKey}>
        <thead>
          <tr>
            {weekdayNames(language, "short").map((name, index) => (
              <th key={name} scope="col" abbr={weekdayNames(language, "long")[index]}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <td key={day} role="gridcell" aria-selected={day === chosen}>
                  <button
                    type="button"
                    className={monthOf(day) === month ? "n" : "n other"}
                    tabIndex={day === at ? 0 : -1}
                    disabled={!isAllowed(day)}
                    aria-label={spokenDay(language, day)}
                    onClick={() => onChoose(day)}
                  >
                    {Number(day.slice(8))}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
