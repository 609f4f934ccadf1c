// One session in several tabs, and what a session leaves in a browser.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { Client } from "../support/client.mjs";
import { PEOPLE } from "../support/people.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;

const { program, browser } = await start();
let context;
beforeEach(async () => {
  context = await openProfile(browser, program);
});
afterEach(() => context.close());

async function signedIn(path = "/", who = PEOPLE.admin) {
  const tab = await Tab.open(context, program);
  await tab.goto(path);
  await tab.signIn(who);
  return tab;
}

const signInForm = (tab) => tab.page.getByLabel(t.signIn.username, { exact: true });
const userMenu = (tab) => tab.page.locator(".side-foot button").first();

test("a second tab is signed in without asking the server for a token", async () => {
  const first = await signedIn();
  let renewals = 0;
  context.on("request", (request) => (renewals += new URL(request.url()).pathname === "/auth/refresh" ? 1 : 0));
  const second = await Tab.open(context, program);
  await second.goto("/accounts");
  await second.page.getByRole("heading", { level: 1, name: t.accounts.title }).waitFor();
  assert.equal(renewals, 0);
  await first.assertNoFaults();
  await second.assertNoFaults();
});

test("two tabs whose token is refused at once renew it once", async () => {
  const first = await signedIn("/accounts");
  const second = await Tab.open(context, program);
  await second.goto("/accounts");
  const tabs = [first, second];
  const refused = new Set();
  for (const tab of tabs) {
    tab.expected.add("/accounts/overview");
    await tab.page.route("**/accounts/overview**", async (route) => {
      if (refused.has(tab)) return route.continue();
      refused.add(tab);
      await route.fulfill({ status: 401, contentType: "application/problem+json", body: "{}" });
    });
  }
  let renewals = 0;
  context.on("request", (request) => (renewals += new URL(request.url()).pathname === "/auth/refresh" ? 1 : 0));
  await Promise.all(tabs.map((tab) => tab.page.getByRole("button", { name: t.accounts.data, exact: true }).click()));
  await Promise.all(tabs.map((tab) => tab.settled()));
  assert.equal(refused.size, 2);
  assert.equal(renewals, 1);
  for (const tab of tabs) {
    const column = tab.page.getByRole("columnheader", { name: t.accounts.data });
    assert.equal(await column.getAttribute("aria-sort"), "ascending");
    await tab.assertNoFaults();
  }
});

test("a logout in one tab empties the others", async () => {
  const first = await signedIn();
  const second = await Tab.open(context, program);
  await second.goto("/accounts");
  await second.page.getByRole("table").waitFor();
  await userMenu(first).click();
  await first.page.getByRole("menuitem", { name: t.shell.signOut }).click();
  await signInForm(second).waitFor();
  assert.equal(await second.page.getByRole("table").count(), 0);
});

test("a session that an administrator ends empties the page", async () => {
  const tab = await signedIn("/", PEOPLE.viewer);
  const admin = await Client.login(program.url, PEOPLE.admin);
  const { users } = await admin.ok("GET", "/auth/users");
  const viewer = users.find((user) => user.username === PEOPLE.viewer.username);
  tab.expected.add(/./);
  await admin.ok("DELETE", `/auth/users/${viewer.id_usuario}/sessions`);
  await signInForm(tab).waitFor();
  await tab.page.getByText(t.signIn.elsewhere).waitFor();
});

test("no token is in storage, address or document, nor in a cookie that scripts read", async () => {
  const tokens = [];
  context.on("response", async (response) => {
    if (!/\/auth\/(login|refresh)$/.test(new URL(response.url()).pathname) || !response.ok()) return;
    tokens.push((await response.json()).access_token);
  });
  const tab = await signedIn();
  await tab.goto("/me");
  await pause(200);
  assert.ok(tokens.length > 0);
  const left = await tab.page.evaluate(async () =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      await indexedDB.databases(),
      await caches.keys(),
      document.cookie,
      location.href,
      document.documentElement.outerHTML,
      Object.keys(globalThis).map((key) => String(globalThis[key])),
    ]),
  );
  for (const token of tokens) assert.ok(!left.includes(token));
  assert.doesNotMatch(left, /eyJ[\w-]+\.[\w-]+\.[\w-]+/, "nothing has the form of a token");
  const kept = await tab.page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }));
  assert.deepEqual(kept.sort(), ["atalaya.language", "atalaya.session", "atalaya.theme"]);
  const refresh = (await context.cookies()).filter((cookie) => /refresh/i.test(cookie.name));
  assert.ok(refresh.length > 0 && refresh.every((cookie) => cookie.httpOnly && cookie.sameSite === "Strict"));
});

test("the view that was pasted is shown after the sign-in, and the way back leads to the views before", async () => {
  const tab = await signedIn("/accounts?sort=name&q=inter");
  const search = tab.page.getByRole("searchbox", { name: t.accounts.filterLabel });
  assert.equal(await search.inputValue(), "inter");
  const names = () => tab.page.locator(".acc-name").allInnerTexts();
  assert.deepEqual(await names(), ["Interbank", "interbank_pymes", "interbank_vacia"]);

  await tab.page.getByRole("link", { name: "Interbank", exact: true }).click();
  await tab.settled();
  assert.match(tab.page.url(), /\/app\/accounts\/Interbank/);
  await tab.page.goBack();
  await tab.settled();
  assert.equal(new URL(tab.page.url()).search, "?sort=name&q=inter");
  assert.equal(await search.inputValue(), "inter");
  assert.deepEqual(await names(), ["Interbank", "interbank_pymes", "interbank_vacia"]);

  const pasted = await Tab.open(context, program);
  await pasted.page.goto(tab.page.url());
  await pasted.settled();
  assert.deepEqual(await pasted.page.locator(".acc-name").allInnerTexts(), await names());
  await pasted.assertNoFaults();
});
