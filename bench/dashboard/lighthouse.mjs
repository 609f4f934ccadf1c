// Lighthouse's judgement of screens, of those behind the sign-in too: it drives a browser in which somebody signed in.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Tab } from "../../tests/browser/support/browser.mjs";
import { chromium } from "../../tests/browser/support/packages.mjs";
import { spread, summary } from "./report.mjs";
import { ACCOUNT, OVERVIEW, ROUNDS, SIGN_IN, WHO } from "./screens.mjs";

const require = createRequire(join(process.env.ATALAYA_BENCH_TOOLS, "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { default: judge, desktopConfig } = await load("lighthouse");
const { launch } = await load("chrome-launcher");

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--lang=es", "--accept-lang=es"];
const CATEGORIES = { performance: 0.95, accessibility: 1, "best-practices": 1 };
/** Lighthouse computes what its slow telephone or its desktop would have taken. */
const DEVICES = { telephone: undefined, desktop: desktopConfig };

/**
 * Somebody who is signed in listens to streams that do not end. Lighthouse would wait for them three quarters of a minute.
 * Everything is drawn long before this time.
 */
const LOADED_WITHIN_MS = 15_000;
const ATTEMPTS = 3;

/** A browser of its own, with a session if the screen is behind the sign-in. */
async function open(program, screen) {
  const chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: FLAGS });
  // However this ends, the browser does not go on.
  process.once("exit", () => chrome.kill());
  if (!screen.isSignedIn) return chrome;
  // Only to sign in: while Lighthouse measures, nothing else speaks to the browser.
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${chrome.port}`);
  const [context] = browser.contexts();
  const tab = await Tab.open(context, program);
  await tab.page.goto(`${program.url}/app/`);
  await tab.settled();
  await tab.signIn(WHO, await tab.page.evaluate(() => document.documentElement.lang));
  await tab.page.close();
  await browser.close();
  return chrome;
}

async function judged(chrome, program, screen, device) {
  const flags = {
    port: chrome.port,
    logLevel: "error",
    onlyCategories: Object.keys(CATEGORIES),
    maxWaitForLoad: LOADED_WITHIN_MS,
  };
  for (let attempt = 1; ; attempt += 1) {
    const { lhr } = await judge(program.url + screen.path, flags, DEVICES[device]);
    const { runtimeError, finalDisplayedUrl } = lhr;
    if (!runtimeError) {
      if (finalDisplayedUrl !== program.url + screen.path) throw new Error(`it judged ${finalDisplayedUrl}`);
      return lhr;
    }
    // On a busy machine the browser loses traces; Lighthouse asks to run it again then.
    if (attempt === ATTEMPTS) throw new Error(`${screen.name}: ${runtimeError.message}`);
    console.error(`${screen.name}, ${device}: again, because of ${runtimeError.code}`);
  }
}

/** What keeps a judgement from being perfect, and where; but for the times, which have a column. */
function findings(runs) {
  const found = runs.flatMap(({ categories, audits }) =>
    ["accessibility", "best-practices"].flatMap((category) =>
      categories[category].auditRefs
        .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
        .map(({ id }) => [id, ...(audits[id].details?.items ?? []).map((item) => item.node?.selector ?? "")].join(" ")),
    ),
  );
  return [...new Set(found)];
}

function rowOf(screen, device, runs) {
  const score = (category) => runs.map(({ categories }) => categories[category].score);
  const paint = runs.map(({ audits }) => audits["largest-contentful-paint"].numericValue);
  const scores = Object.keys(CATEGORIES).map((category) => spread(score(category), (one) => one.toFixed(2)));
  const isReached = Object.entries(CATEGORIES).every(([category, bar]) => summary(score(category)).median >= bar);
  const found = findings(runs);
  if (found.length > 0) console.error(`${screen.name}, ${device}: ${found.join(", ")}`);
  const cells = [`${screen.name}, ${device}`, ...scores, spread(paint, (ms) => `${(ms / 1000).toFixed(2)} s`)];
  return { cells, bar: `≥ ${Object.values(CATEGORIES).join(", ")}`, isReached };
}

export async function lighthouse(program) {
  const rows = [];
  let version;
  for (const screen of [SIGN_IN, OVERVIEW, ACCOUNT]) {
    const chrome = await open(program, screen);
    try {
      for (const device of Object.keys(DEVICES)) {
        const runs = [];
        for (let round = 1; round <= ROUNDS; round += 1) {
          const lhr = await judged(chrome, program, screen, device);
          runs.push(lhr);
          const scores = Object.values(lhr.categories).map(({ score }) => score.toFixed(2));
          console.error(`${screen.name}, ${device}, ${round} of ${ROUNDS}: ${scores.join(", ")}`);
        }
        version = runs[0].lighthouseVersion;
        rows.push(rowOf(screen, device, runs));
      }
    } finally {
      chrome.kill();
    }
  }
  const columns = ["screen", ...Object.keys(CATEGORIES), "largest contentful paint"];
  return { title: `Lighthouse ${version}, medians of ${ROUNDS}`, columns, rows };
}
