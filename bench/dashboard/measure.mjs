// Starts the program on demonstration data, measures the parts that are asked for, and prints a table of each. Fails
// when a bar is missed.
import { execFileSync } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../../tests/browser/support/program.mjs";
import { charts } from "./charts.mjs";
import { lighthouse } from "./lighthouse.mjs";
import { print } from "./report.mjs";
import { sizes } from "./sizes.mjs";

const PARTS = { sizes, charts, lighthouse };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PARTS[name]);
if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}: there are ${Object.keys(PARTS).join(", ")}`);
const names = asked.length > 0 ? asked : Object.keys(PARTS);

const load = () => loadavg()[0].toFixed(1);
const { CHROMIUM, ATALAYA_PROGRAM } = process.env;
console.log(`program: ${ATALAYA_PROGRAM}`);
console.log(`browser: ${execFileSync(CHROMIUM, ["--version"], { encoding: "utf8", stdio: "pipe" }).trim()}`);
console.log(`cores: ${availableParallelism()}, load at the start: ${load()}`);

const program = await Program.in(await mkdtemp(join(tmpdir(), "server-")));
let isReached = true;
try {
  for (const name of names) {
    const { title, columns, rows } = await PARTS[name](program);
    isReached = print(title, columns, rows) && isReached;
    console.log(`load: ${load()}`);
  }
} finally {
  await program.end();
}
if (!isReached) process.exitCode = 1;
