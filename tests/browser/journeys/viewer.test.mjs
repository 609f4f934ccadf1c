// A viewer sees no control that writes, and the API refuses what the page does not offer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { Client } from "../support/client.mjs";
import { PEOPLE } from "../support/people.mjs";
import { history } from "../support/series.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;

const { program, browser } = await start();

/** What only those do who may write or manage, as buttons and links. */
const ACTS = [t.accounts.add, t.training.train, t.firstSteps.upload, t.overview.upload, t.account.upload];
/** The ways to where it is done. The heading of a column that is sorted by is a button with one of these names. */
const WAYS = [t.account.toData, t.nav.data, t.nav.people, t.nav.audit];
const WRITING = [...ACTS.map((name) => ["button", name]), ...[...ACTS, ...WAYS].map((name) => ["link", name])];

test("a viewer is offered nothing that writes", async (each) => {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  tab.expected.add(/^\/regression\//);
  await tab.goto("/");
  await tab.signIn(PEOPLE.viewer);
  const paths = [
    "/",
    "/accounts",
    "/accounts/Interbank",
    "/accounts/interbank_pymes",
    "/accounts/Interbank/model",
    "/accounts/Interbank/model?tab=versions",
    "/models",
  ];
  for (const path of paths) {
    await each.test(path, async () => {
      await tab.goto(path);
      for (const [role, name] of WRITING) {
        assert.equal(await tab.page.getByRole(role, { name, exact: true }).count(), 0, `${role} ${name}`);
      }
      assert.equal(await tab.page.locator(".c-edit, main input[type=file]").count(), 0);
    });
  }
  for (const path of ["/data", "/accounts/Interbank/data", "/people", "/audit", "/companies"]) {
    await each.test(`${path} is not shown`, async () => {
      await tab.goto(path);
      await tab.page.getByText(t.common.forbidden).waitFor();
    });
  }
  assert.deepEqual(await tab.page.locator(".acc-name").allInnerTexts(), []);
  await tab.assertNoFaults();
  await context.close();
});

test("a viewer sees the accounts that are assigned, and no others", async () => {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  await tab.goto("/accounts?sort=name");
  await tab.signIn(PEOPLE.viewer);
  await tab.page.getByRole("table").waitFor();
  assert.deepEqual(await tab.page.locator(".acc-name").allInnerTexts(), ["Interbank", "interbank_pymes"]);
  await context.close();
});

test("the API refuses a viewer what the page does not offer", async () => {
  const viewer = await Client.login(program.url, PEOPLE.viewer);
  for (const [method, path, body] of [
    ["POST", "/accounts", { cuenta: "una_mas", nombre: "Una más" }],
    ["PATCH", "/accounts/Interbank", { nombre: "Otro nombre" }],
    ["POST", "/accounts/Interbank/observations", history(3)],
    ["DELETE", "/accounts/Interbank/observations"],
    ["POST", "/regression/train", { target_username: "Interbank" }],
    ["POST", "/regression/train-all"],
    ["DELETE", "/regression/model/Interbank"],
    ["GET", "/auth/users"],
    ["GET", "/audit"],
    ["GET", "/companies"],
    ["GET", "/accounts/interbank_vacia"],
  ]) {
    const answer = await viewer.ask(method, path, body);
    assert.equal(answer.status, 403, `${method} ${path}: ${answer.status}`);
  }
});
