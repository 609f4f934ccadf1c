// The first day of a new bank: from the password that somebody else chose to the first chart, its goal and its export.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { NEW_PASSWORD, PEOPLE } from "../support/people.mjs";
import { daysAgo, HEADER, rows } from "../support/series.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;
const HANDLE = "banco_nuevo";
const DAYS = 90;

const { program, browser } = await start();

const file = (lines) => ({
  name: "seguidores.csv",
  mimeType: "text/csv",
  buffer: Buffer.from([HEADER, ...lines].join("\n")),
});

test("a new bank comes from its first sign-in to a forecast", { timeout: 180_000 }, async (step) => {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  tab.expected.add(/^\/regression\//);
  const { page } = tab;
  const button = (name, options = {}) => page.getByRole("button", { name, exact: true, ...options });
  const link = (name) => page.getByRole("link", { name, exact: true });
  const good = rows(DAYS);
  const broken = good.with(10, `${daysAgo(DAYS - 10)},muchos,4`);

  await step.test("sign in", async () => {
    await tab.goto("/");
    await tab.signIn(PEOPLE.newcomer);
    await page.getByRole("heading", { level: 1, name: t.firstSteps.title }).waitFor();
  });

  await step.test("add the account", async () => {
    await page.getByLabel(t.accounts.handle, { exact: true }).fill(HANDLE);
    await button(t.accounts.add).click();
    await page.getByText(t.firstSteps.oneDone(HANDLE)).waitFor();
  });

  await step.test("upload its history: the bad line is told, with its number and a copy of it", async () => {
    await link(t.firstSteps.upload).click();
    await page.locator('input.sr[type="file"]').setInputFiles(file(broken));
    await page.getByText(t.data.errors.title(1, "1")).waitFor();
    // The header is line 1.
    await page.getByRole("table").getByText("12", { exact: true }).first().waitFor();
    await page.getByText("muchos").first().waitFor();
    assert.equal(await button(t.data.store.store(DAYS - 1, `${DAYS - 1}`)).isDisabled(), true, "all or nothing");
  });

  await step.test("the bad cell is mended in the page, and the table reviewed again", async () => {
    const right = page.locator(".mend").getByRole("textbox");
    await right.fill(good[10].split(",")[1]);
    await right.press("Enter");
    await page.getByText(t.data.trial.mends(1, "1")).waitFor();
    await button(t.data.store.store(DAYS, `${DAYS}`))
      .and(page.locator(":enabled"))
      .waitFor();
  });

  await step.test("the mended file is stored", async () => {
    const choosing = page.waitForEvent("filechooser");
    await button(t.data.store.other).click();
    await (await choosing).setFiles(file(good));
    await button(t.data.store.store(DAYS, `${DAYS}`)).click();
    await page.getByRole("heading", { name: t.data.done.title(DAYS, `${DAYS}`) }).waitFor();
  });

  await step.test("train the model", async () => {
    await page.locator("main").getByRole("button", { name: t.training.train, exact: true }).click();
    await page.getByText(t.training.ended(HANDLE)).waitFor({ timeout: 90_000 });
  });

  await step.test("the chart has a forecast", async () => {
    await tab.goto("/");
    await link(HANDLE).first().click();
    await tab.settled();
    await page.getByRole("heading", { level: 1, name: HANDLE }).waitFor();
    await page.getByRole("application", { name: t.account.chartLabel(HANDLE) }).waitFor();
    await page.locator("canvas").first().waitFor();
  });

  await step.test("a goal has a date", async () => {
    const last = Number(good.at(-1).split(",")[1]);
    const goal = page.getByLabel(t.account.goalField, { exact: true });
    await goal.fill(String(last + 2_000));
    await goal.press("Enter");
    await tab.settled();
    await page.getByText(t.account.goalMiddle).waitFor();
    assert.match(new URL(page.url()).search, new RegExp(`${last + 2_000}`), "a colleague gets the same goal");
  });

  await step.test("the export has what was uploaded and what is expected", async () => {
    await button(t.account.export).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: t.account.exportCsv }).click();
    const text = await readFile(await (await download).path(), "utf8");
    const lines = text.trim().split(/\r?\n/);
    const [day, followers] = good.at(-1).split(",");
    assert.ok(
      lines.some((line) => line.includes(day) && line.includes(followers)),
      "the last reading",
    );
    assert.ok(lines.filter((line) => line.includes(t.account.csv.forecast)).length >= 7, "the forecast");
    assert.ok(text.includes("America/Lima"), "the zone");
  });

  await tab.assertNoFaults();
  await context.close();
});

test("a password that somebody else chose is changed before anything is shown", async () => {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  const { page } = tab;
  await tab.goto("/accounts");
  await tab.signIn(PEOPLE.beginner);
  await page.getByRole("heading", { level: 1, name: t.password.forcedTitle }).waitFor();
  assert.equal(await page.getByRole("navigation").count(), 0);
  await page.getByLabel(t.password.next, { exact: true }).fill(NEW_PASSWORD);
  await page.getByLabel(t.password.again, { exact: true }).fill(NEW_PASSWORD);
  await page.getByRole("button", { name: t.password.change }).click();
  await page.getByRole("heading", { level: 1, name: t.accounts.title }).waitFor();
  await tab.assertNoFaults();
  await context.close();
});
