// GraphiQL: who develops logs in, asks, and follows, and the page asks nobody but its own server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openProfile, Tab } from "../support/browser.mjs";
import { Client } from "../support/client.mjs";
import { start } from "../support/fixture.mjs";
import { PEOPLE } from "../support/people.mjs";

const { program, browser } = await start();
const WORDS = {
  "es-PE": {
    username: "Usuario",
    logIn: "Iniciar sesión",
    logOut: "Cerrar sesión",
  },
  "en-US": { username: "Username", logIn: "Log in", logOut: "Log out" },
};

async function opened(locale, width) {
  const context = await openProfile(browser, program, { width, locale });
  const tab = await Tab.open(context, program);
  await tab.page.goto("/graphiql");
  await tab.page.getByLabel(WORDS[locale].username, { exact: true }).waitFor();
  return tab;
}

/** Runs what stands in the editor. */
const run = ({ page }) => page.getByRole("button", { name: /execute query/i }).click();
/** A part of the answer is there. */
const answers = ({ page }, text) => page.locator(".result-window", { hasText: text }).waitFor();

/** Every message that the page sends over sockets from now on. */
function sentBySockets({ page }) {
  const sent = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(JSON.parse(payload))));
  return sent;
}

test("who opens GraphiQL logs in by a click, and the first query is answered", { timeout: 60_000 }, async () => {
  const words = WORDS["es-PE"];
  const tab = await opened("es-PE", 1440);
  const { page } = tab;
  assert.equal(await page.getAttribute("html", "lang"), "es");
  assert.deepEqual(await tab.barriers(".line"), []);
  const schema = page.waitForResponse((answer) => answer.request().postData()?.includes("IntrospectionQuery"));
  await page.getByRole("button", { name: words.logIn, exact: true }).click();
  assert.ok((await (await schema).json()).data.__schema);
  await run(tab);
  await answers(tab, `"username": "${PEOPLE.admin.username}"`);
  await answers(tab, '"prediction"');

  // A subscription goes over a socket, with the same token.
  const sent = sentBySockets(tab);
  await page.locator(".graphiql-query-editor textarea").press("Control+a");
  await page.keyboard.insertText('subscription { observationAdded(handle: "interbank_pymes") { followers } }');
  await run(tab);
  const bank = await Client.login(program.url, PEOPLE.admin);
  let isTold = false;
  const told = answers(tab, "4242").then(() => (isTold = true));
  // What is measured before the server follows is not told, so there is always a newer one.
  while (!isTold) {
    const csv = `fecha,seguidores\n${new Date().toISOString()},4242\n`;
    await bank.ok("POST", "/accounts/interbank_pymes/observations", csv);
    await Promise.race([told, pause(1_000)]);
  }
  assert.deepEqual([sent[0].type, sent[1].type], ["connection_init", "subscribe"]);
  assert.match(sent[0].payload.authorization, /^Bearer .+/);

  await page.getByRole("button", { name: words.logOut, exact: true }).click();
  await page.getByLabel(words.username, { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage }).includes("Bearer")), false);
  await tab.assertNoFaults();
  await page.context().close();
});

test("GraphiQL fits a phone and speaks English to who reads it", { timeout: 60_000 }, async () => {
  const words = WORDS["en-US"];
  const tab = await opened("en-US", 390);
  const { page } = tab;
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await page.getByRole("button", { name: words.logIn, exact: true }).click();
  await page.getByRole("button", { name: words.logOut, exact: true }).waitFor();
  await run(tab);
  await answers(tab, '"prediction"');
  const [editor, answer] = await Promise.all(
    [".graphiql-query-editor", ".result-window"].map((part) => page.locator(part).boundingBox()),
  );
  assert.ok(answer.y >= editor.y + editor.height && answer.width > 250, JSON.stringify({ editor, answer }));
  assert.deepEqual(await tab.overflow(), []);
  // A dialog makes a style element, which the policy allows.
  await page.getByRole("button", { name: "Open settings dialog" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  assert.deepEqual(await tab.barriers(".line"), []);
  await tab.assertNoFaults();
  await page.context().close();
});
