import type { Language } from "../i18n/language";

const DAY_MS = 86_400_000;
const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = language === "es" ? "es-PE" : "en-GB";
  const key = locale + zone + JSON.stringify(options);
  let made = cache.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
    cache.set(key, made);
  }
  return made;
}

// The engines differ in points and prepositions of short dates; the page writes "27 nov 2026" in both languages.
const plain = (text: string) =>
  text
    .replaceAll(".", "")
    .replaceAll(" de ", " ")
    .replaceAll(",", "")
    .replace(/sept\b/i, (month) => month.slice(0, 3));

/** A day as the API writes it, `YYYY-MM-DD`. It belongs to the account's zone and is never moved to the reader's. */
export type Day = string;

/** Days since 1970. */
export const dayNumber = (day: Day): number => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
export const dayOf = (number: number): Day => new Date(number * DAY_MS).toISOString().slice(0, 10);
export const addDays = (day: Day, days: number): Day => dayOf(dayNumber(day) + days);
export const daysBetween = (from: Day, to: Day): number => dayNumber(to) - dayNumber(from);

/** `27 nov 2026` */
export const day = (language: Language, value: Day): string =>
  plain(formatter(language, "UTC", { day: "numeric", month: "short", year: "numeric" }).format(Date.parse(value)));

/** `27 nov` */
export const shortDay = (language: Language, value: Day): string =>
  plain(formatter(language, "UTC", { day: "numeric", month: "short" }).format(Date.parse(value)));

/** `vie 27 nov 2026` */
export const weekDay = (language: Language, value: Day): string =>
  plain(
    formatter(language, "UTC", { weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(
      Date.parse(value),
    ),
  );

/** `nov`; the engines write a Spanish month that stands alone with a capital. */
export const month = (language: Language, value: Day): string => {
  const name = plain(formatter(language, "UTC", { month: "short" }).format(Date.parse(value)));
  return language === "es" ? name.toLowerCase() : name;
};

/** `noviembre 2026` */
export const longMonth = (language: Language, value: Day): string =>
  plain(formatter(language, "UTC", { month: "long", year: "numeric" }).format(Date.parse(value)));

/** `sábado 28 de noviembre de 2026, 08:42`, in a zone. */
export const longMoment = (language: Language, value: Date, zone: string): string => {
  const date = formatter(language, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const text = `${date.format(value).replace(",", "")}, ${time(language, value, zone)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** `28 nov 2026 08:42`, in a zone. */
export const moment = (language: Language, value: string, zone: string): string =>
  `${plain(
    formatter(language, zone, { day: "numeric", month: "short", year: "numeric" }).format(Date.parse(value)),
  )} ${time(language, new Date(value), zone)}`;

/** A moment of a reading: `28 nov 2026` alone at midnight, which is what a table of dates without times gives. */
export const reading = (language: Language, value: string, zone: string): string => {
  const seconds = formatter("en", zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const isMidnight = seconds.format(Date.parse(value)) === "00:00:00";
  return isMidnight ? day(language, dayIn(new Date(value), zone)) : moment(language, value, zone);
};

/** `08:42`, in a zone. */
export const time = (language: Language, value: Date, zone: string): string =>
  formatter(language, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(value);

/** The day that a moment has in a zone. */
export const dayIn = (value: Date, zone: string): Day =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(value);

/** `hace 6 días`: one unit, the largest that fits. */
export function ago(language: Language, value: string, now: number): string {
  const seconds = (Date.parse(value) - now) / 1000;
  const relative = new Intl.RelativeTimeFormat(language === "es" ? "es-PE" : "en", { numeric: "always" });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ];
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  // "now" rather than "0 seconds ago", also where the server's clock is a little ahead.
  if (Math.abs(seconds) < 5) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
  return relative.format(Math.trunc(seconds), "second");
}

/** `4:07`: minutes and seconds of a countdown. */
export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** `America/Lima` as people say it: `hora de Lima`, `Lima time`. */
export const placeOf = (zone: string): string => (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
