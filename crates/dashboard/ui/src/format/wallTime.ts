import type { Day } from "./dates";
import { dayInDigits, parseTypedDay } from "./typedDay";

const cache = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let made = cache.get(zone);
  if (!made) {
    const two = "2-digit" as const;
    made = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
    cache.set(zone, made);
  }
  return made;
}

/** What the clocks of a zone show at an instant. */
export function wallTime(instant: number, zone: string): { day: Day; time: string } {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  return {
    day: `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}:${part("second")}`,
  };
}

/** The instant at which the clocks of a zone show a time; null where they skip it. */
export function instantOf(day: Day, time: string, zone: string): string | null {
  const asked = Date.parse(`${day}T${time}Z`);
  if (!Number.isFinite(asked)) return null;
  let instant = asked;
  // The second step mends the first one where the clocks change between both.
  for (let step = 0; step < 2; step += 1) {
    const shown = wallTime(instant, zone);
    instant += asked - Date.parse(`${shown.day}T${shown.time}Z`);
  }
  const reached = wallTime(instant, zone);
  return reached.day === day && reached.time === time ? new Date(instant).toISOString() : null;
}

/** `27/11/2026 08:42`, with seconds where there are some; to be changed by hand. */
export function momentInDigits(instant: string, zone: string): string {
  const { day, time } = wallTime(Date.parse(instant), zone);
  return `${dayInDigits(day)} ${time.endsWith(":00") ? time.slice(0, 5) : time}`;
}

/** The instant that somebody typed: `27/11/2026 8:42`, or a day alone for its midnight. */
export function parseTypedMoment(text: string, zone: string): string | null {
  const [, date = "", hour = "0", minute = "00", second = "00"] =
    /^(.+?)(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim()) ?? [];
  const day = parseTypedDay(date);
  return day && Number(hour) < 24 ? instantOf(day, `${hour.padStart(2, "0")}:${minute}:${second}`, zone) : null;
}
