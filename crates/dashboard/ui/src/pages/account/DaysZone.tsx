import { placeOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

/** Where the days of the chart end. A wide window has it in the bar at its top, which a phone and paper lack. */
export function DaysZone() {
  const t = useText();
  const { daysZone } = useFormat();
  return <p className="only-s days-zone">{t.shell.zone(placeOf(daysZone))}</p>;
}
