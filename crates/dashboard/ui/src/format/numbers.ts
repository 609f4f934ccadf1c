import type { Language } from "../i18n/language";

const MINUS = "−";
const NO_BREAK_SPACE = "\u00a0";

const cache = new Map<string, Intl.NumberFormat>();

function formatter(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const locale = language === "es" ? "es-PE" : "en";
  const key = locale + JSON.stringify(options);
  let made = cache.get(key);
  if (!made) {
    // Thousands are grouped from four digits on in both languages, so that columns read alike.
    made = new Intl.NumberFormat(locale, { useGrouping: "always", ...options });
    cache.set(key, made);
  }
  return made;
}

const trueMinus = (text: string) => text.replace("-", MINUS);

/** What stands for a value that the API does not know. */
export const UNKNOWN = "–";

export function number(language: Language, value: number, decimals = 0): string {
  return trueMinus(
    formatter(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value),
  );
}

/** A change: with its sign, nought without one. */
export function signed(language: Language, value: number, decimals = 0): string {
  return trueMinus(
    formatter(language, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: "exceptZero",
    }).format(value),
  );
}

/** A large number in short, such as `1.2 M`, never rounded to nothing: below a thousand it is whole. */
export function compact(language: Language, value: number): string {
  if (Math.abs(value) < 1000) return number(language, value);
  return trueMinus(formatter(language, { notation: "compact", maximumFractionDigits: 1 }).format(value));
}

/** `80 %` in Spanish, with a space that does not break; `80%` in English. */
export function percentSign(language: Language, text: string): string {
  return language === "es" ? `${text}${NO_BREAK_SPACE}%` : `${text}%`;
}

/** A share of one, as per cent. */
export function share(language: Language, value: number, decimals = 0): string {
  return percentSign(language, number(language, value * 100, decimals));
}

/** A relative change of one, as per cent with its sign. */
export function signedShare(language: Language, value: number, decimals = 1): string {
  return percentSign(language, signed(language, value * 100, decimals));
}

/** A size in bytes, in the unit that reads best. */
export function bytes(language: Language, value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let power = 0;
  while (value >= 1000 && power < units.length - 1) {
    value /= 1000;
    power += 1;
  }
  return `${number(language, value, power > 0 && value < 100 ? 1 : 0)}${NO_BREAK_SPACE}${units[power]}`;
}
