import { describe, expect, test } from "vitest";
import { en } from "./en";
import { es } from "./es";

/** A text and its name, such as `shell.skip`. A text that takes values is given some. */
function texts(dictionary: object, path = ""): [string, string][] {
  return Object.entries(dictionary).flatMap(([key, value]): [string, string][] => {
    const name = path ? `${path}.${key}` : key;
    if (typeof value === "string") return [[name, value]];
    if (typeof value === "function") return [[name, said(value as (...values: unknown[]) => unknown)]];
    return texts(value as object, name);
  });
}

function said(text: (...values: unknown[]) => unknown): string {
  try {
    return String(text(...Array.from({ length: text.length }, () => 2)));
  } catch {
    // It takes something else than numbers and words, and is tried where it is used.
    return "–";
  }
}

const spanish = new Map(texts(es));
const english = new Map(texts(en));

test("both languages have the same texts", () => {
  expect([...english.keys()].sort()).toEqual([...spanish.keys()].sort());
});

/** Says in one language what is for readers of the other. */
const ABOUT_THE_OTHER = new Set(["shell.otherLanguage"]);

describe.each([
  ["Spanish", spanish],
  ["English", english],
])("%s", (_, all) => {
  test("has no empty text and no value that was not filled in", () => {
    const broken = [...all].filter(([, text]) => text.trim() === "" || /undefined|NaN|\[object|%\{|\$\{/.test(text));
    expect(broken).toEqual([]);
  });

  test("says nothing of how the program is made", () => {
    const technical = /\bHTTP\b|\bAPI\b|\bendpoint|\btoken\b|\bJSON\b|\b[A-Z]{3,}_[A-Z_]+\b|\/auth\/|\/accounts\//i;
    expect([...all].filter(([, text]) => technical.test(text))).toEqual([]);
  });

  test("writes quotes, minus and dashes as people do", () => {
    expect([...all].filter(([, text]) => / - |\.\.\.|''/.test(text))).toEqual([]);
  });
});

test("English has no Spanish letter and no Spanish sentence", () => {
  const left = [...english].filter(
    ([name, text]) => !ABOUT_THE_OTHER.has(name) && (/[áéíóúñ¿¡]/i.test(text) || isCopied(name, text)),
  );
  expect(left).toEqual([]);
});

/** A sentence that is the same in both languages was not translated. */
function isCopied(name: string, text: string): boolean {
  return text.split(" ").filter((word) => /[a-z]{2}/i.test(word)).length >= 3 && spanish.get(name) === text;
}

test("Spanish says usted and what Peru says", () => {
  const elsewhere =
    /\b(vosotros|tú|tu|tus|haz|puedes|tienes|quieres|cuenta con tu|petición|caducad[oa]|añad[ae]|ordenador|cabecera)\b/i;
  expect([...spanish].filter(([name, text]) => !ABOUT_THE_OTHER.has(name) && elsewhere.test(text))).toEqual([]);
});

test("Spanish says that a model is in use, and calls models by one word each", () => {
  const other = /\b(responde|responden|respondió|mezclas?|l[ií]nea base|baseline|backtest|predicciones)\b/i;
  expect([...spanish].filter(([, text]) => other.test(text))).toEqual([]);
});
