// The script and style that screens load, packed by gzip, and whether the first screen keeps its budget:
//   node crates/dashboard/sizes.mjs FOLDER MANIFEST
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Bytes of script and style of the first screen: what somebody who is not signed in loads. */
const BUDGET = 150_000;

const FIRST = ["index.html"];
const SIGNED_IN = [...FIRST, "src/shell/Shell.tsx"];
/** The sources that each screen begins with. A screen in Spanish or English needs one dictionary. */
const SCREENS = [
  { name: "sign-in, the first screen", sources: FIRST, budget: BUDGET },
  { name: "overview", sources: [...SIGNED_IN, "src/pages/overview/Overview.tsx"] },
  { name: "an account", sources: [...SIGNED_IN, "src/pages/account/Account.tsx"] },
];
const DICTIONARIES = ["src/i18n/es.ts", "src/i18n/en.ts"];
/** Loaded by the page itself, before everything else. */
const BESIDE = ["theme.js"];

const [folder, list] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(list, "utf8"));

function filesOf(sources) {
  const [waiting, seen, files] = [[...sources], new Set(), new Set(BESIDE)];
  while (waiting.length > 0) {
    const key = waiting.pop();
    if (seen.has(key)) continue;
    seen.add(key);
    const chunk = manifest[key];
    if (!chunk) throw new Error(`Vite built nothing of ${key}: crates/dashboard/sizes.mjs names it`);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    waiting.push(...(chunk.imports ?? []));
  }
  return [...files];
}

const packed = (files) =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0);
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

for (const { name, sources, budget } of SCREENS) {
  const sums = DICTIONARIES.map((dictionary) => {
    const files = filesOf([...sources, dictionary]);
    const style = files.filter((file) => file.endsWith(".css"));
    return { script: packed(files.filter((file) => file.endsWith(".js"))), style: packed(style) };
  });
  // The language with more to load.
  const { script, style } = sums.reduce((one, other) => (one.script >= other.script ? one : other));
  const bound = budget ? `, of ${kB(budget)} at most` : "";
  console.log(`${name}: script ${kB(script)}, style ${kB(style)}, ${kB(script + style)} by gzip${bound}`);
  if (budget && script + style > budget) {
    console.error(`${name} is too large. Code that only later screens need belongs in their chunks.`);
    process.exitCode = 1;
  }
}
