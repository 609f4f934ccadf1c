// A morning without a mouse: sign in, walk the accounts, read the chart, add an account, leave.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { PEOPLE } from "../support/people.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;

const { program, browser } = await start();

test("everything of a morning is done by keys", { timeout: 120_000 }, async (step) => {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  tab.expected.add(/^\/regression\//);
  const { page } = tab;
  const keys = page.keyboard;
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      return at ? (at.getAttribute("aria-label") ?? at.textContent ?? "").trim() || at.tagName : "";
    });

  /** Tabs on until something of that name has the focus, and checks that each stop can be seen. */
  async function tabTo(name, most = 80) {
    for (let at = 0; at < most; at++) {
      await keys.press("Tab");
      const isSeen = await page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return true;
        const style = getComputedStyle(at);
        const around = at.parentElement ? getComputedStyle(at.parentElement) : style;
        const after = getComputedStyle(at, "::after");
        const isOutlined = ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
        return [style, around, after].some(isOutlined) || style.boxShadow !== "none";
      });
      assert.ok(isSeen, `the focus is seen on ${await focused()}`);
      if ((await focused()).includes(name)) return;
    }
    assert.fail(`Tab does not lead to ${name}`);
  }

  await step.test("sign in", async () => {
    await tab.goto("/");
    // The form begins with the focus in it.
    await keys.type(PEOPLE.admin.username);
    await keys.press("Tab");
    await keys.type(PEOPLE.admin.password);
    await keys.press("Enter");
    await page.getByRole("heading", { level: 1, name: t.nav.overview }).waitFor();
    await tab.settled();
  });

  await step.test("the first stop leads past the navigation", async () => {
    await page.evaluate(() => document.activeElement?.blur());
    await keys.press("Tab");
    assert.equal(await focused(), t.shell.skip);
    await keys.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  });

  await step.test("arrow keys walk the accounts and Enter opens one", async () => {
    await tab.goto("/accounts?sort=name");
    await page.locator(".acc-name").first().focus();
    assert.equal(await focused(), "Interbank");
    await keys.press("ArrowDown");
    assert.equal(await focused(), "interbank_pymes");
    await keys.press("End");
    assert.equal(await focused(), "interbank_vacia");
    await keys.press("Home");
    await keys.press("Enter");
    await tab.settled();
    await page.getByRole("heading", { level: 1, name: "Interbank" }).waitFor();
  });

  await step.test("the chart is walked by day, and says what it shows", async () => {
    const chart = page.getByRole("application").first();
    await chart.focus();
    await keys.press("Home");
    const spoken = page.locator("[aria-live=polite]").filter({ hasText: t.account.followers });
    const first = await spoken.first().innerText();
    await keys.press("ArrowRight");
    await page.waitForFunction((before) => !document.body.innerText.includes(before), first).catch(() => undefined);
    assert.notEqual(await spoken.first().innerText(), first);
    await keys.press("Escape");
  });

  await step.test("the account is found from anywhere", async () => {
    await keys.press("/");
    await keys.type("pymes");
    await page.getByRole("option", { name: /interbank_pymes/ }).waitFor();
    await keys.press("Enter");
    await tab.settled();
    assert.match(page.url(), /\/accounts\/interbank_pymes/);
  });

  await step.test("a dialog keeps the focus, is left by Escape, and gives the focus back", async () => {
    await tab.goto("/accounts");
    await tabTo(t.accounts.add);
    await keys.press("Enter");
    const dialog = page.getByRole("dialog", { name: t.accounts.add });
    await dialog.waitFor();
    for (let at = 0; at < 12; at++) {
      await keys.press("Tab");
      const isInside = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null,
      );
      assert.ok(isInside, await focused());
    }
    await keys.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await focused(), t.accounts.add);
  });

  await step.test("sign out", async () => {
    await page.locator(".side-foot button").first().focus();
    await keys.press("Enter");
    await page.getByRole("menu").waitFor();
    await keys.press("ArrowUp");
    assert.equal(await focused(), t.shell.signOut);
    await keys.press("Enter");
    await page.getByLabel(t.signIn.username, { exact: true }).waitFor();
  });

  await tab.assertNoFaults();
  await context.close();
});
