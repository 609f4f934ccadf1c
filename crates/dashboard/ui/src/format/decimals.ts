import type { Language } from "../i18n/language";

const MINUS = "−";
const locale = (language: Language) => (language === "es" ? "es-PE" : "en");

interface Marks {
  group: string;
  point: string;
}

const cache = new Map<Language, Marks>();

/** The marks by which a language groups thousands and begins decimals; a sheet asks for them cell by cell. */
function marks(language: Language): Marks {
  const known = cache.get(language);
  if (known) return known;
  const parts = new Intl.NumberFormat(locale(language)).formatToParts(1234567.5);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  const made = { group: of("group"), point: of("decimal") };
  cache.set(language, made);
  return made;
}

/** A decimal as the reader's language writes it, with every digit that it was stored with. */
export function decimal(language: Language, text: string): string {
  const [, sign = "", whole = "", fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === "") return text;
  const { group, point } = marks(language);
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, group);
  return `${sign && MINUS}${grouped}${fraction === undefined ? "" : point + fraction}`;
}

/**
 * The digits of a number that somebody typed or pasted, as the API takes them: `1,234.50` gives `1234.50`. Null for
 * what is no number, and for marks that could mean two things, such as `1,5`: a guess would store another number.
 */
export function typedDecimal(language: Language, text: string): string | null {
  const { group, point } = marks(language);
  const typed = text
    .trim()
    .replaceAll(MINUS, "-")
    .replaceAll(/[\s\u00a0\u202f]/g, "");
  const escaped = (mark: string) => `\\${mark}`;
  const pattern = new RegExp(`^([-+]?)(\\d{1,3}(?:${escaped(group)}\\d{3})+|\\d+)?(?:${escaped(point)}(\\d+))?$`);
  const [found, sign, whole, fraction] = pattern.exec(typed) ?? [];
  if (!found || (whole === undefined && fraction === undefined)) return null;
  const digits = (whole ?? "0").replaceAll(group, "").replace(/^0+(?=\d)/, "");
  return `${sign === "-" ? "-" : ""}${digits}${fraction === undefined ? "" : `.${fraction}`}`;
}
