// Every screen in both languages, both themes and two widths: it opens, breaks nothing of its policy, can be used by
// everybody, fits, and says everything in the reader's language.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { before, describe, test } from "node:test";
import { openProfile, Tab } from "./support/browser.mjs";
import { start } from "./support/fixture.mjs";
import { Client } from "./support/client.mjs";
import { PEOPLE } from "./support/people.mjs";
import { answerOf, pictureOf } from "./support/pictures.mjs";
import { WORDS, wrongWords } from "./support/words.mjs";

const PICTURES = process.env.ATALAYA_PICTURES;

const FILTERED = "filter[gasto][gte]=10000&filter[canal][eq]=Redes&sort=-gasto";

/** A file with a line that is right, and three that break a rule each. */
const FAULTY = [
  "nombre,gasto,inicio,otra",
  "Uno,1,2026-05-01,x",
  ",2,2026-05-02,x",
  "Tres,-3,2026-05-03,x",
  "Cuatro,4,ayer,x",
];

async function chooseFaulty(tab) {
  const file = { name: "registros.csv", mimeType: "text/csv", buffer: Buffer.from(FAULTY.join("\n")) };
  await tab.page.locator('.drop input[type="file"]').setInputFiles(file);
}

/** Chooses the only view of the table, shows something else than it keeps, and opens the menu again. */
async function changeView({ page }) {
  const menu = page.locator(".sheet-views [aria-haspopup=menu]");
  await menu.click();
  await page.getByRole("menuitemradio").nth(1).click();
  await page.locator(".sheet thead .sort").first().click();
  await menu.click();
}

/** Reads a number with a doubtful digit, which is looked at. The answer is always the same, whatever a model reads. */
async function readNumber(tab) {
  const { page } = tab;
  const answer = answerOf([
    { digito: 4, probabilidad: 0.9996, other: 9 },
    { digito: 0, probabilidad: 0.984, other: 6 },
    { digito: 7, probabilidad: 0.71, other: 1, revisar: true },
    { digito: 1, probabilidad: 0.9972, other: 7 },
    { digito: 2, probabilidad: 0.9999, other: 3 },
  ]);
  await page.route("**/predict", (route) => route.fulfill({ json: answer }));
  await page.locator(".dg-choose input").setInputFiles(await pictureOf(tab, "40712"));
  await page.locator(".dg-box button").nth(2).click();
}

/**
 * What somebody sees who is signed in as `as`, and has done `act` in the page with those words. Screens of a person or a
 * table need their ids.
 */
const SCREENS = [
  { name: "sign-in", path: "/" },
  { name: "forced-change", path: "/", as: PEOPLE.beginner },
  { name: "overview", path: "/", as: PEOPLE.admin, isMain: true },
  { name: "first-steps", path: "/", as: PEOPLE.newcomer, isMain: true },
  { name: "accounts", path: "/accounts", as: PEOPLE.admin, isMain: true },
  { name: "account", path: "/accounts/Interbank", as: PEOPLE.admin, isMain: true },
  { name: "account-table", path: "/accounts/Interbank?tab=table", as: PEOPLE.admin },
  { name: "account-untrained", path: "/accounts/interbank_pymes", as: PEOPLE.admin },
  { name: "account-empty", path: "/accounts/interbank_vacia", as: PEOPLE.admin },
  { name: "models", path: "/models", as: PEOPLE.admin, isMain: true },
  { name: "model", path: "/accounts/Interbank/model", as: PEOPLE.admin, isMain: true },
  { name: "data-of-accounts", path: "/data", as: PEOPLE.user, isMain: true },
  { name: "data", path: "/accounts/Interbank/data", as: PEOPLE.user, isMain: true },
  { name: "people", path: "/people", as: PEOPLE.admin, isMain: true },
  { name: "person", path: (ids) => `/people/${ids.viewer}`, as: PEOPLE.admin },
  { name: "audit", path: "/audit", as: PEOPLE.admin, isMain: true },
  { name: "tables", path: "/tables", as: PEOPLE.admin, isMain: true },
  { name: "tables-none", path: "/tables", as: PEOPLE.newcomer },
  { name: "tables-trash", path: "/tables/trash", as: PEOPLE.admin, isMain: true },
  { name: "definition", path: (ids) => `/tables/${ids.table}/definition`, as: PEOPLE.admin, isMain: true },
  { name: "grid", path: (ids) => `/tables/${ids.table}`, as: PEOPLE.admin, isMain: true },
  { name: "grid-filtered", path: (ids) => `/tables/${ids.table}?${FILTERED}`, as: PEOPLE.user },
  { name: "grid-read", path: (ids) => `/tables/${ids.table}`, as: PEOPLE.viewer },
  { name: "grid-view", path: (ids) => `/tables/${ids.table}`, as: PEOPLE.admin, isMain: true, act: changeView },
  {
    name: "grid-columns",
    path: (ids) => `/tables/${ids.table}`,
    as: PEOPLE.viewer,
    isMain: true,
    act: (tab, t) => tab.page.getByRole("button", { name: t.views.columns }).click(),
  },
  { name: "grid-no-fields", path: (ids) => `/tables/${ids.empty}`, as: PEOPLE.user },
  { name: "record", path: (ids) => `/tables/${ids.table}/records/${ids.record}`, as: PEOPLE.admin, isMain: true },
  { name: "record-read", path: (ids) => `/tables/${ids.table}/records/${ids.record}`, as: PEOPLE.viewer },
  { name: "records-trash", path: (ids) => `/tables/${ids.table}/trash`, as: PEOPLE.user, isMain: true },
  { name: "records-import", path: (ids) => `/tables/${ids.table}/import`, as: PEOPLE.user, isMain: true },
  {
    name: "records-import-review",
    path: (ids) => `/tables/${ids.table}/import`,
    as: PEOPLE.user,
    isMain: true,
    act: chooseFaulty,
  },
  {
    name: "definition-field",
    path: (ids) => `/tables/${ids.table}/definition`,
    as: PEOPLE.admin,
    isMain: true,
    act: (tab, t) => tab.page.getByRole("button", { name: t.definition.change("Nombre") }).click(),
  },
  { name: "digits", path: "/digits", as: PEOPLE.viewer, isMain: true },
  { name: "digits-draw", path: "/digits?mode=draw", as: PEOPLE.viewer, isMain: true },
  { name: "digits-read", path: "/digits", as: PEOPLE.user, isMain: true, act: readNumber },
  { name: "me", path: "/me", as: PEOPLE.viewer, isMain: true },
  { name: "companies", path: "/companies", as: PEOPLE.superadmin, isMain: true },
  { name: "forbidden", path: "/people", as: PEOPLE.viewer },
  { name: "nowhere", path: "/nowhere", as: PEOPLE.admin },
];

const LANGUAGES = ["es", "en"];
const THEMES = ["light", "dark"];
const WIDTHS = [1440, 390];
/** To which widths a window is drawn after it was opened at one of those: the narrowest telephone, a wide window at 200 %, and
 * one that is just wide enough for tables. */
const DRAWN_TO = { 390: [360], 1440: [1024, 720] };

/** What the API refuses because of the state that a screen is about. */
const REFUSED = [/^\/regression\//];

const { program, browser } = await start();
let ids;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  const admin = await Client.login(program.url, PEOPLE.admin);
  const { users } = await admin.ok("GET", "/auth/users");
  const tables = await admin.ok("GET", "/api/entities");
  const idOf = (name) => tables.find((table) => table.name === name).id;
  const { items } = await admin.ok("GET", `/api/entities/${idOf("campana")}/records`);
  ids = {
    viewer: users.find((user) => user.username === PEOPLE.viewer.username).id_usuario,
    table: idOf("campana"),
    empty: idOf("responsable"),
    record: items.find((record) => record.revision > 1).id,
  };
});

/** A tab for each person, signed in once; screens are opened in it as if their addresses had been pasted. */
async function tabsOf(options, check) {
  const tabs = new Map();
  for (const screen of check.screens) {
    const who = screen.as?.username ?? "";
    if (!tabs.has(who)) {
      const context = await openProfile(browser, program, options);
      const tab = await Tab.open(context, program);
      for (const path of REFUSED) tab.expected.add(path);
      tabs.set(who, tab);
      if (screen.as) {
        await tab.goto("/");
        await tab.signIn(screen.as, options.language);
      }
    }
    await check.on(tabs.get(who), screen);
  }
  for (const tab of tabs.values()) await tab.page.context().close();
}

async function open(tab, screen, language) {
  await tab.goto(typeof screen.path === "function" ? screen.path(ids) : screen.path);
  if (screen.act) {
    await screen.act(tab, WORDS[language]);
    await tab.settled();
  }
  const headings = await tab.page.locator("h1").allInnerTexts();
  assert.equal(headings.length, 1, `one heading of the first rank, and not ${headings.join(", ")}`);
}

async function fitsAlsoInto(widths, tab, screen) {
  const opened = tab.page.viewportSize();
  for (const width of widths) {
    await tab.page.setViewportSize({ ...opened, width });
    // Charts are laid out anew after the window.
    await tab.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await tab.page.screenshot({ path: `${PICTURES}/${screen.name}-${width}.png`, fullPage: true });
    assert.deepEqual(await tab.overflow(), [], `it fits into ${width} px`);
  }
  await tab.page.setViewportSize(opened);
}

/** To look at some only: BROWSER_SCREENS='en, dark' or BROWSER_SCREENS='390 px, grid' tests/browser/run.sh screens */
const ONLY = new RegExp(process.env.BROWSER_SCREENS ?? "");
const looks = LANGUAGES.flatMap((language) =>
  THEMES.flatMap((theme) =>
    WIDTHS.map((width) => ({ language, theme, width, name: `${language}, ${theme}, ${width} px` })),
  ),
).flatMap((look) => {
  const screens = SCREENS.filter((screen) => ONLY.test(`${look.name}, ${screen.name}`));
  return screens.length > 0 ? [{ ...look, screens }] : [];
});

describe("every screen is sound", { concurrency: 2 }, () => {
  for (const { name, screens, ...look } of looks) {
    test(name, async (t) => {
      const on = (tab, screen) =>
        t.test(screen.name, async () => {
          await open(tab, screen, look.language);
          const picture = `${screen.name}-${look.language}-${look.theme}-${look.width}.png`;
          await tab.page.screenshot({ path: `${PICTURES}/${picture}`, fullPage: true });
          assert.deepEqual(await tab.overflow(), [], "it fits");
          assert.deepEqual(wrongWords(look.language, await tab.lines()), [], "it is in one language");
          assert.deepEqual(await tab.barriers(), [], "everybody can use it");
          if (look.language === "es" && look.theme === "light" && screen.isMain)
            await fitsAlsoInto(DRAWN_TO[look.width], tab, screen);
          const faults = tab.faults.splice(0);
          assert.deepEqual([...faults, ...(await tab.refusedByPolicy())], [], "nothing went wrong in it");
        });
      await tabsOf(look, { screens, on });
    });
  }
});
