import { Digits } from "../../api/exactJson";
import type { TableField } from "../../api/tables";
import { decimal, typedDecimal } from "../../format/decimals";
import { dayInDigits, parseTypedDay } from "../../format/typedDay";
import { momentInDigits, parseTypedMoment } from "../../format/wallTime";
import type { Language } from "../../i18n/language";
import { indented, isJson } from "./json";

/** A value as the API takes it. */
export type Wire = null | string | boolean | Digits;

/** Why a text is no value of its field. */
export type Broken = "number" | "whole" | "date" | "moment" | "flag" | "json";

export type Typed = { value: Wire; broken?: undefined } | { broken: Broken };

type Kind = Pick<TableField, "field_type">;

/** Who reads and writes: in which language, and in which zone. */
export interface Reader {
  language: Language;
  zone: string;
}

/** A value as a text that can be typed again. */
export function typable(field: Kind, value: unknown, { language, zone }: Reader): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  switch (field.field_type) {
    case "NUMBER":
    case "INTEGER":
      return decimal(language, text).replace("−", "-");
    case "DATE":
      return dayInDigits(text);
    case "DATETIME":
      return momentInDigits(text, zone);
    case "JSON":
      return indented(text);
    default:
      return text;
  }
}

/** The value that a typed text stands for; nothing typed is no value. */
export function valueOf(field: Kind, text: string, { language, zone }: Reader): Typed {
  if (text.trim() === "") return { value: null };
  switch (field.field_type) {
    case "NUMBER": {
      const digits = typedDecimal(language, text);
      return digits === null ? { broken: "number" } : { value: new Digits(digits) };
    }
    case "INTEGER": {
      const digits = typedDecimal(language, text);
      return digits === null || digits.includes(".") ? { broken: "whole" } : { value: new Digits(digits) };
    }
    case "DATE": {
      const day = parseTypedDay(text);
      return day === null ? { broken: "date" } : { value: day };
    }
    case "DATETIME": {
      const moment = parseTypedMoment(text, zone);
      return moment === null ? { broken: "moment" } : { value: moment };
    }
    case "BOOLEAN":
      return text === "true" || text === "false" ? { value: text === "true" } : { broken: "flag" };
    case "JSON":
      // As it was typed: a number of the browser's own would lose digits.
      return isJson(text) ? { value: new Digits(text) } : { broken: "json" };
    default:
      return { value: text };
  }
}

/** A value as the API answered it, as the API takes it. */
export function wireOf(field: Kind, value: unknown): Wire {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value;
  const isExact = ["NUMBER", "INTEGER", "JSON"].includes(field.field_type);
  return isExact ? new Digits(String(value)) : String(value);
}

/** Whether a text still says what was read: then nothing is sent, not even the seconds that it does not show. */
export const isAsRead = (field: Kind, value: unknown, text: string, reader: Reader): boolean =>
  text === typable(field, value, reader);

/** The texts of a whole record. */
export const textsOf = (
  fields: readonly TableField[],
  data: Readonly<Record<string, unknown>>,
  reader: Reader,
): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [field.id, typable(field, data[field.id], reader)]));

export interface Read {
  data: Record<string, Wire>;
  broken: Record<string, Broken>;
}

/** What was typed into a form and differs from what was read. */
export function changesOf(
  fields: readonly TableField[],
  shown: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>>,
  reader: Reader,
): Read {
  const read: Read = { data: {}, broken: {} };
  for (const field of fields) {
    const text = texts[field.id] ?? "";
    if (isAsRead(field, shown[field.id], text, reader)) continue;
    const typed = valueOf(field, text, reader);
    if (typed.broken) read.broken[field.id] = typed.broken;
    else read.data[field.id] = typed.value;
  }
  return read;
}

export const isNumeric = (field: TableField): boolean =>
  field.field_type === "NUMBER" || field.field_type === "INTEGER";

/** The value that a new record begins with, as records have it: JSON as its text. */
export const defaultOf = (field: TableField): unknown =>
  field.field_type === "JSON" && field.default !== undefined ? JSON.stringify(field.default) : (field.default ?? null);

/** The values that a new record begins with. */
export const defaultsOf = (fields: readonly TableField[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field.id, defaultOf(field)]));
