// A session with a short idle limit: the page counts down, goes on when it is told so, and ends by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { PEOPLE } from "../support/people.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;

// The dialog opens after half of a minute: the shortest limit that there is.
const { program, browser } = await start({ SESSION_IDLE_MINUTES: "1", JWT_ACCESS_TOKEN_EXPIRE_MINUTES: "1" });

test("an idle page warns, goes on, ends by itself, and gives back what was typed", { timeout: 150_000 }, async () => {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  const { page } = tab;
  await tab.goto("/accounts");
  await tab.signIn(PEOPLE.admin);
  await page.getByRole("button", { name: t.accounts.add }).click();
  const form = page.getByRole("dialog", { name: t.accounts.add });
  await form.getByLabel(t.accounts.handle, { exact: true }).fill("a_medio_escribir");

  const warning = page.getByRole("dialog", { name: t.session.endsSoon });
  await warning.waitFor({ timeout: 40_000 });
  await warning.getByRole("timer").waitFor({ state: "attached" });
  await warning.getByRole("button", { name: t.session.goOn }).click();
  await warning.waitFor({ state: "detached" });
  await page.getByText(t.session.renewed).waitFor();
  assert.equal(await form.getByLabel(t.accounts.handle, { exact: true }).inputValue(), "a_medio_escribir");

  // Nobody does anything any more.
  await warning.waitFor({ timeout: 40_000 });
  await page.getByText(t.signIn.ended).waitFor({ timeout: 40_000 });
  assert.equal(await page.getByRole("table").count(), 0);

  await tab.signIn(PEOPLE.admin);
  assert.match(page.url(), /\/app\/accounts$/);
  await page.getByRole("button", { name: t.accounts.add }).click();
  assert.equal(await form.getByLabel(t.accounts.handle, { exact: true }).inputValue(), "a_medio_escribir");
  await context.close();
});
