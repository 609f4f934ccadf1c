import { placeOf } from "../../format/dates";

/** The zones that the browser knows, by the name of the place; `also` is one that it may not know. */
export function zoneOptions(also: string): { value: string; text: string }[] {
  const zones = new Set([also, ...Intl.supportedValuesOf("timeZone")]);
  return [...zones]
    .map((zone) => ({ value: zone, text: `${placeOf(zone)} (${zone})` }))
    .sort((one, other) => one.text.localeCompare(other.text));
}
