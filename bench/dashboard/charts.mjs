// How long somebody who is signed in waits for the first chart, by the browser's own clock.
import { openBrowser, openProfile, Tab } from "../../tests/browser/support/browser.mjs";
import { spread, summary } from "./report.mjs";
import { ACCOUNT, OVERVIEW, ROUNDS, WHO } from "./screens.mjs";

const BAR_MS = 1_000;

/** In the page: notes when the frame after the first chart's first ink begins. */
function noteFirstChart() {
  const hasInk = (canvas) =>
    canvas.width > 0 &&
    new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer).some(
      (pixel) => pixel !== 0,
    );
  const look = () => {
    const canvas = document.querySelector(".chart canvas");
    if (!canvas || !hasInk(canvas)) requestAnimationFrame(look);
    // The frame with the ink is shown before the next one is prepared.
    else requestAnimationFrame((now) => (globalThis.firstChartAt = now));
  };
  requestAnimationFrame(look);
}

/** In a new tab, from the start of the navigation. */
async function firstChart(context, screen) {
  const page = await context.newPage();
  await page.goto(screen.path, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.firstChartAt !== undefined);
  const waited = await page.evaluate(() => globalThis.firstChartAt);
  await page.close();
  return waited;
}

async function signedIn(browser, program) {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  await tab.goto("/");
  await tab.signIn(WHO);
  const state = await context.storageState();
  await context.close();
  return state;
}

export async function charts(program) {
  const browser = await openBrowser();
  try {
    let storageState = await signedIn(browser, program);
    const rows = [];
    for (const screen of [ACCOUNT, OVERVIEW]) {
      const [cold, warm] = [[], []];
      // The first one is not counted: what the program remembers after it, it remembers all day.
      for (let round = 0; round <= ROUNDS; round += 1) {
        // A new profile has the session, and nothing in its cache.
        const context = await openProfile(browser, program, { storageState });
        await context.addInitScript(noteFirstChart);
        const waits = [await firstChart(context, screen), await firstChart(context, screen)];
        // Each use of the session renews it.
        storageState = await context.storageState();
        await context.close();
        if (round > 0) [cold, warm].forEach((list, at) => list.push(waits[at]));
      }
      for (const [files, waits] of Object.entries({ "not in the browser's cache": cold, "in its cache": warm })) {
        const isReached = summary(waits).median <= BAR_MS;
        const cells = [`${screen.name}, its files ${files}`, spread(waits, (wait) => `${(wait / 1000).toFixed(2)} s`)];
        rows.push({ cells, bar: `≤ ${BAR_MS / 1000} s`, isReached });
      }
    }
    return { title: `First chart, medians of ${ROUNDS}`, columns: ["a new tab of", "waited"], rows };
  } finally {
    await browser.close();
  }
}
