// Campaigns that explain forecasts: an administrator says where they are, trains, and sees what each of them brought.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { Client } from "../support/client.mjs";
import { PEOPLE } from "../support/people.mjs";
import { daysAgo, HEADER, rows } from "../support/series.mjs";
import { define } from "../support/tables.mjs";
import { WORDS, wrongWords } from "../support/words.mjs";

const t = WORDS.es;
const ACCOUNT = "interbank_pauta";
const DAYS = 300;
/** Days of the history with a campaign; the last is still to come. */
const CAMPAIGNS = [20, 41, 63, 80, 104, 127, 145, 166, 190, 211, 229, 252, 270, 288, 310];
const BROUGHT = 400;

const { program, browser } = await start();
let api;
before(async () => {
  api = await Client.login(program.url, PEOPLE.admin);
  await api.ok("POST", "/accounts", { cuenta: ACCOUNT, nombre: "Interbank Pauta", plataforma: "Instagram" });
  let brought = 0;
  const history = rows(DAYS).map((line, at) => {
    const [day, followers, posts] = line.split(",");
    if (CAMPAIGNS.includes(at)) brought += BROUGHT;
    return [day, Number(followers) + brought, posts].join(",");
  });
  await api.ok("POST", `/accounts/${ACCOUNT}/observations`, [HEADER, ...history].join("\n"));
  const day = (at) => daysAgo(DAYS - at);
  await define(api, {
    name: "pauta",
    display_name: "Pautas",
    fields: [
      { name: "inicio", display_name: "Inicio", field_type: "DATE" },
      { name: "decidida", display_name: "Decidida", field_type: "DATE" },
      { name: "cuenta", display_name: "Cuenta", field_type: "TEXT" },
    ],
    records: CAMPAIGNS.map((at) => ({ inicio: day(at), decidida: day(at - 15), cuenta: ACCOUNT })),
  });
});

async function signedIn(who, path, options = {}) {
  const context = await openProfile(browser, program, options);
  const tab = await Tab.open(context, program);
  await tab.goto(path);
  await tab.signIn(who);
  return tab;
}

/** Nobody is kept out, and all of it is in Spanish. */
async function isSound(tab) {
  assert.deepEqual(await tab.overflow(), [], "it fits");
  assert.deepEqual(await tab.barriers(), [], "everybody can use it");
  assert.deepEqual(wrongWords("es", await tab.lines()), [], "it is in one language");
}

test(
  "an administrator says what may explain forecasts, and sees what it brought",
  { timeout: 180_000 },
  async (step) => {
    const tab = await signedIn(PEOPLE.admin, "/models");
    const { page } = tab;
    const set = async () => (await api.ok("GET", "/regression/covariates")).covariates;

    await step.test("a table is chosen, with the day on which its campaigns were decided", async () => {
      await page.getByRole("button", { name: t.covariates.add }).click();
      const form = page.getByRole("dialog", { name: t.covariates.newTitle });
      await form.getByLabel(t.covariates.table, { exact: true }).selectOption({ label: "Pautas" });
      await form.getByLabel(t.covariates.account, { exact: true }).selectOption({ label: "Cuenta" });
      await form.getByLabel(t.covariates.lag, { exact: true }).fill("31");
      await form.getByText(t.covariates.lagWrong).waitFor();
      await form.getByLabel(t.covariates.lag, { exact: true }).fill("0");
      await form.getByLabel(t.covariates.knownSince, { exact: true }).selectOption({ label: "Decidida" });
      await page.screenshot({ path: `${process.env.ATALAYA_PICTURES}/covariates-dialog.png` });
      await isSound(tab);
      await form.getByRole("button", { name: t.covariates.save }).click();
      await page.getByText(t.covariates.saved).waitFor();
      const [{ name, date_field, account_field, known_since_field }] = await set();
      assert.deepEqual(
        [name, date_field, account_field, known_since_field],
        ["pauta.flag", "inicio", "cuenta", "decidida"],
      );
      await page.getByText(t.covariates.about.knownSince("Decidida")).waitFor();
      await page.screenshot({ path: `${process.env.ATALAYA_PICTURES}/covariates-card.png`, fullPage: true });
    });

    await step.test("it is changed, and taken away, and set again", async () => {
      await page.getByRole("button", { name: t.covariates.editOf("Pautas") }).click();
      const form = page.getByRole("dialog", { name: t.covariates.editTitle });
      await form.getByLabel(t.covariates.lag, { exact: true }).fill("2");
      await form.getByRole("button", { name: t.covariates.save }).click();
      await form.waitFor({ state: "detached" });
      assert.equal((await set())[0].lag_days, 2);
      await page.getByRole("button", { name: t.covariates.removeOf("Pautas, 2 días después") }).click();
      await page.getByText(t.covariates.none).waitFor();
      assert.deepEqual(await set(), []);
    });

    await step.test("after a training the chart marks events, and a table says what each brought", async () => {
      const covariate = { entity: "pauta", date_field: "inicio", aggregate: "flag", account_field: "cuenta" };
      const body = { covariates: [{ ...covariate, known_since_field: "decidida" }] };
      await api.ok("PUT", "/regression/covariates", body);
      await api.ok("POST", "/regression/train", { username: ACCOUNT, models: ["theta", "ridge"] });
      await tab.goto(`/accounts/${ACCOUNT}`);
      await page.getByRole("button", { name: t.account.layers.events, exact: true }).waitFor();
      const table = page.getByRole("table", { name: t.account.eventsTitle });
      const { events } = await api.ok("GET", `/regression/events/${ACCOUNT}`);
      assert.ok(events.length > 8 && events.every(({ found }) => found));
      assert.equal(await table.getByRole("row").count(), 1 + 8, "the newest first, more on demand");
      const card = page.getByRole("region", { name: t.account.eventsTitle });
    await card.getByRole("button", { name: t.common.more, exact: true }).click();
      assert.equal(await table.getByRole("row").count(), 1 + events.length);
      await page.getByText(t.account.whyParts.covariates, { exact: true }).first().waitFor();
      await page.screenshot({ path: `${process.env.ATALAYA_PICTURES}/account-events.png`, fullPage: true });
      await isSound(tab);
      await table.getByRole("button").first().click();
      await tab.settled();
      assert.equal(new URL(page.url()).searchParams.get("day"), events.at(-1).fecha);
    });

    await step.test("the comparison says how wrong forecasts are with it and without", async () => {
      await tab.goto(`/accounts/${ACCOUNT}/model?tab=comparison`);
      await page.getByRole("heading", { name: t.covariates.found }).waitFor();
      await page.getByText(t.covariates.verdicts.KEPT, { exact: true }).waitFor();
      await page.getByText(t.covariates.declared, { exact: true }).waitFor();
      await page.screenshot({ path: `${process.env.ATALAYA_PICTURES}/model-covariates.png`, fullPage: true });
      await isSound(tab);
    });

    await tab.assertNoFaults();
    await page.context().close();
  },
);

test("on a telephone all of it fits, and a reader chooses nothing", { timeout: 120_000 }, async () => {
  const tab = await signedIn(PEOPLE.admin, `/accounts/${ACCOUNT}`, { width: 390 });
  for (const path of [`/accounts/${ACCOUNT}`, `/accounts/${ACCOUNT}/model?tab=comparison`, "/models"]) {
    await tab.goto(path);
    await tab.page.screenshot({
      path: `${process.env.ATALAYA_PICTURES}/covariates-390-${path.split("/").at(-1).replace(/\W/g, "-")}.png`,
      fullPage: true,
    });
    await isSound(tab);
  }
  await tab.page.context().close();
  const reader = await signedIn(PEOPLE.viewer, "/models");
  assert.equal(await reader.page.getByText(t.covariates.title).count(), 0);
  await reader.assertNoFaults();
  await reader.page.context().close();
});
