// The server is stopped and started under an open page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { PEOPLE } from "../support/people.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;

const { program, browser } = await start();

test("a stopped server leaves what is shown, and the page goes on by itself when it is back", async () => {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  tab.expected.add(/./);
  const { page } = tab;
  await tab.goto("/accounts");
  await tab.signIn(PEOPLE.admin);
  const note = page.getByText(t.shell.lost);
  const rows = await page.locator(".acc-name").allInnerTexts();
  assert.ok(rows.length >= 3);

  await program.stop();
  // Something is asked for that the page does not have yet.
  await page.getByRole("button", { name: t.accounts.data, exact: true }).click();
  await note.waitFor();
  assert.deepEqual(await page.locator(".acc-name").allInnerTexts(), rows);

  await program.start();
  await note.waitFor({ state: "detached", timeout: 30_000 });
  await tab.settled();
  assert.equal((await page.locator(".acc-name").count()) > 0, true);
  assert.equal(await page.getByLabel(t.signIn.username, { exact: true }).count(), 0, "the session goes on");
  await context.close();
});

test("a page that is opened while the server is away comes up with it", async () => {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  tab.expected.add(/./);
  await tab.goto("/");
  await tab.signIn(PEOPLE.admin);
  await program.stop();
  // The next renewal meets nobody.
  await tab.page.evaluate(() => globalThis.dispatchEvent(new Event("focus")));
  await program.start();
  await tab.goto("/accounts");
  await tab.page.getByRole("table").waitFor();
  await context.close();
});
