// What a bank writes is text, whatever it looks like; and nobody else's page gets at this one.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { before, test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { Client } from "../support/client.mjs";
import { PEOPLE } from "../support/people.mjs";

const MARKUP = `<img src=x onerror="globalThis.isBroken=1">`;
const NAMES = {
  markup: MARKUP,
  closing: `"><svg/onload=globalThis.isBroken=1>{{7*7}}`,
  address: "javascript:globalThis.isBroken=1",
  longest: "W".repeat(100),
  turned: "\u202Etxt.exe\u202C",
  arabic: "بنك الاختبار",
};

const { program, browser } = await start();
let accepted;
before(async () => {
  const admin = await Client.login(program.url, PEOPLE.admin);
  accepted = [];
  for (const [key, nombre] of Object.entries(NAMES)) {
    const account = { cuenta: `raro_${key}`, nombre, plataforma: MARKUP.slice(0, 40) };
    const answer = await admin.ask("POST", "/accounts", account);
    // A name that turns the text around it may be refused; nothing else is.
    if (key === "turned" && answer.status === 422) continue;
    assert.equal(answer.status, 201, await answer.text());
    accepted.push({ cuenta: `raro_${key}`, nombre });
  }
  await admin.ok("POST", "/accounts", { cuenta: "L".repeat(64), nombre: "El nombre más largo" });
});

for (const width of [1440, 390]) {
  test(`hostile names are text on every screen that shows them, ${width} px`, async (t) => {
    const context = await openProfile(browser, program, { width });
    const tab = await Tab.open(context, program);
    tab.expected.add(/^\/regression\//);
    await tab.goto("/accounts");
    await tab.signIn(PEOPLE.admin);
    const first = accepted[0].cuenta;
    const paths = [
      "/accounts?q=raro",
      `/accounts/${first}`,
      `/accounts/${first}/model`,
      `/accounts/${first}/data`,
      `/accounts/${"L".repeat(64)}`,
      "/models",
      "/data",
      "/audit",
      `/?compare=${encodeURIComponent(MARKUP)}`,
      `/accounts?q=${encodeURIComponent(MARKUP)}`,
      `/accounts/${encodeURIComponent(MARKUP)}`,
    ];
    for (const path of paths) {
      await t.test(path, async () => {
        if (path.includes("%3C")) tab.expected.add(/^\/accounts\//);
        await tab.goto(path);
        assert.equal(await tab.page.evaluate(() => globalThis.isBroken), undefined);
        assert.equal(await tab.page.locator("main img, main svg[onload]").count(), 0);
        assert.deepEqual(await tab.overflow(), []);
        assert.deepEqual(tab.faults.splice(0), []);
      });
    }
    await tab.goto("/accounts?q=raro");
    const shown = (await tab.lines()).join("\n");
    for (const { nombre } of accepted) assert.ok(shown.includes(nombre), nombre);
    const turned = tab.page.locator("bdi").filter({ hasText: "txt.exe" });
    for (const name of await turned.all()) {
      assert.equal(await name.evaluate((element) => getComputedStyle(element).unicodeBidi), "isolate");
    }
    await context.close();
  });
}

test("another origin can neither frame the page nor call the API for who is signed in", async () => {
  // A page of somebody else: another port is another origin, and the same site.
  const other = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end(`<!doctype html><title>other</title><iframe id="frame" src="${program.url}/app/"></iframe>`);
  });
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  await tab.goto("/");
  await tab.signIn(PEOPLE.admin);

  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto(`http://127.0.0.1:${other.address().port}/`);
  const framed = page.frames().find((frame) => frame !== page.mainFrame());
  assert.ok(!framed || !(await framed.content()).includes('id="root"'), "the page is not in the frame");
  assert.ok(
    said.some((text) => /frame-ancestors|X-Frame-Options/.test(text)),
    said.join("\n"),
  );

  const call = (path, options) =>
    page.evaluate(
      ([url, init]) =>
        fetch(url, init).then(
          async (answer) => `${answer.status} ${await answer.text()}`,
          () => "refused",
        ),
      [program.url + path, options],
    );
  // In development the program lets this machine's pages read; without a token they are told nothing all the same.
  const form = { method: "POST", credentials: "include", body: "a=b", headers: { "Content-Type": "text/plain" } };
  for (const [path, options] of [
    ["/auth/refresh", { ...form, mode: "cors" }],
    ["/auth/me", { credentials: "include" }],
    ["/accounts", { credentials: "include" }],
  ]) {
    const answer = await call(path, options);
    assert.doesNotMatch(answer, /access_token|"username"|"cuenta"|^2/, path);
  }
  await context.close();
  other.close();
});
