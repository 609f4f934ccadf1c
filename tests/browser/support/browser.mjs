// A browser that notes what a page must not do.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { axeSource, chromium } from "./packages.mjs";
import { WORDS } from "./words.mjs";

export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** So long nothing happens on a screen that is complete. */
const QUIET_MS = 150;
/** On a machine that does much else. */
const SETTLED_WITHIN_MS = 30_000;

const isScreenShown = () =>
  document.querySelector("h1") !== null && document.querySelector(".skel, .starting, [aria-busy=true]") === null;

/** Streams stay open as long as the page does. */
const isStream = (url) => /\/events(\?|$)/.test(url);

/** One browser profile: its tabs share cookies, locks and channels. */
export async function openProfile(browser, program, options = {}) {
  const { language = "es", theme = "light", width = 1440, height = 900, ...more } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    baseURL: program.url,
    reducedMotion: "reduce",
    acceptDownloads: true,
    ...more,
  });
  await context.addInitScript(
    ([lang, look]) => {
      if (localStorage.getItem("atalaya.language") === null) localStorage.setItem("atalaya.language", lang);
      if (localStorage.getItem("atalaya.theme") === null) localStorage.setItem("atalaya.theme", look);
      globalThis.refusedByPolicy = [];
      addEventListener("securitypolicyviolation", (event) =>
        globalThis.refusedByPolicy.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`),
      );
    },
    [language, theme],
  );
  context.setDefaultTimeout(15_000);
  return context;
}

/** A tab, and what went wrong in it. */
export class Tab {
  page;
  faults = [];
  /** Paths whose refusals belong to the test. */
  expected = new Set(["/auth/refresh"]);
  #pending = new Set();
  #origin;

  static async open(context, program) {
    const tab = new Tab();
    tab.#origin = program.url;
    tab.page = await context.newPage();
    tab.#watch();
    return tab;
  }

  #watch() {
    const { page } = this;
    page.on("pageerror", (error) => this.faults.push(`error: ${error.message}`));
    page.on("console", (message) => {
      const at = message.location().url;
      const path = at.startsWith(this.#origin) ? new URL(at).pathname : at;
      // The browser itself writes this of every refused request.
      const isExpected = message.text().startsWith("Failed to load resource") && this.#isExpected(path);
      if (message.type() === "error" && !isExpected) this.faults.push(`console: ${message.text()} ${path}`);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${this.#origin}/`) && !url.startsWith("blob:")) this.faults.push(`outside: ${url}`);
      if (!isStream(url)) this.#pending.add(request);
    });
    // A body that the page does not care for is never read, and its request never finished.
    page.on("response", (response) => this.#pending.delete(response.request()));
    page.on("requestfailed", (request) => this.#pending.delete(request));
  }

  #isExpected = (path) => [...this.expected].some((one) => (one instanceof RegExp ? one.test(path) : one === path));

  /** Opens a path of the page as if it had been pasted. */
  async goto(path) {
    await this.page.goto(`/app${path}`);
    await this.settled();
  }

  /** A screen is shown, nothing is being read any more, and no skeleton stands for it. */
  async settled() {
    const end = Date.now() + SETTLED_WITHIN_MS;
    let shownSince = null;
    while (shownSince === null || Date.now() - shownSince < QUIET_MS) {
      await pause(30);
      const isShown = this.#pending.size === 0 && (await this.page.evaluate(isScreenShown));
      shownSince = isShown ? (shownSince ?? Date.now()) : null;
      if (Date.now() > end) throw new Error(`still busy: ${[...this.#pending].map((one) => one.url()).join(", ")}`);
    }
  }

  async signIn({ username, password }, language = "es") {
    const t = WORDS[language].signIn;
    const { page } = this;
    await page.getByLabel(t.username, { exact: true }).fill(username);
    await page.getByLabel(t.password, { exact: true }).fill(password);
    await page.getByRole("button", { name: t.title, exact: true }).click();
    await page.getByLabel(t.username, { exact: true }).waitFor({ state: "detached" });
    await this.settled();
  }

  /** Every text that somebody sees or hears, line by line. */
  lines() {
    return this.page.evaluate(() => {
      const named = [...document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")].flatMap((element) =>
        ["aria-label", "title", "placeholder", "alt"].map((name) => element.getAttribute(name) ?? ""),
      );
      return [document.title, ...document.body.innerText.split("\n"), ...named].filter((line) => line.trim() !== "");
    });
  }

  refusedByPolicy() {
    return this.page.evaluate(() => globalThis.refusedByPolicy);
  }

  async assertNoFaults(what = "") {
    assert.deepEqual([...this.faults, ...(await this.refusedByPolicy())], [], what);
  }

  /** How far the page can be scrolled sideways, in pixels, and what reaches out. */
  overflow() {
    return this.page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const out = [...document.querySelectorAll("body *")].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.right > width + 1;
      });
      return out.slice(0, 5).map((element) => `${element.tagName}.${element.className}`);
    });
  }

  /** What axe finds that is serious or worse, on the whole page or on the part of a selector. */
  async barriers(part = "html") {
    // Not as a script element, which the page's policy refuses.
    await this.page.evaluate(axeSource);
    return this.page.evaluate(async (selector) => {
      const { violations } = await globalThis.axe.run(selector, { resultTypes: ["violations"] });
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
    }, part);
  }
}
