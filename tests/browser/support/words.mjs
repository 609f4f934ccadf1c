// The dictionaries of the page, read from their source: tests name what is on the page by them, and find what was left
// untranslated.
import { readdirSync, readFileSync } from "node:fs";
import { typescript, UI } from "./packages.mjs";

async function dictionary(language) {
  const folder = new URL(`src/i18n/${language}/`, UI);
  const all = {};
  for (const file of readdirSync(folder)) {
    const source = readFileSync(new URL(file, folder), "utf8");
    const { module, target } = { module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ES2022 };
    const { outputText } = typescript.transpileModule(source, { compilerOptions: { module, target } });
    Object.assign(all, await import(`data:text/javascript,${encodeURIComponent(outputText)}`));
  }
  return all;
}

export const WORDS = { es: await dictionary("es"), en: await dictionary("en") };

const GAP = "\u0001";

/** Every text, and of those that take values the parts between them. */
function fragments(value) {
  if (typeof value === "string") return [value];
  if (typeof value === "function") return said(value);
  if (value && typeof value === "object") return Object.values(value).flatMap(fragments);
  return [];
}

function said(text) {
  try {
    const words = text(...Array.from({ length: text.length }, () => GAP));
    return typeof words === "string" ? words.split(GAP) : [];
  } catch {
    return [];
  }
}

/** Shorter ones are found in words of the other language, too. */
const SHORTEST = 9;
const tidy = (text) => text.replace(/\s+/g, " ").trim();

/** Says in one language what is for readers of the other. */
const ABOUT_THE_OTHER = (words) => [words.shell.otherLanguage];

function foreign(language) {
  const [own, other] = language === "es" ? [WORDS.es, WORDS.en] : [WORDS.en, WORDS.es];
  const known = fragments(own).map(tidy);
  const allowed = new Set([...known, ...ABOUT_THE_OTHER(own)]);
  return [...new Set(fragments(other).map(tidy))].filter(
    (text) => text.length >= SHORTEST && !allowed.has(text) && !known.some((mine) => mine.includes(text)),
  );
}

const FOREIGN = { es: foreign("es"), en: foreign("en") };
const KEYS = Object.keys(WORDS.es).join("|");
const RAW = new RegExp(`\\b(?:${KEYS})\\.[a-z][A-Za-z]+\\b|undefined|\\bNaN\\b|\\[object |Invalid Date|%\\{|\\$\\{`);

/** What a page says that it should not: words of the other language, and names of texts instead of the texts. */
export function wrongWords(language, lines) {
  const wrong = [];
  for (const line of lines.map(tidy)) {
    if (RAW.test(line)) wrong.push(`raw: ${line}`);
    const found = FOREIGN[language].find((text) => line.includes(text));
    if (found && !line.includes(WORDS[language].shell.otherLanguage)) wrong.push(`in the other language: ${line}`);
  }
  return wrong;
}
