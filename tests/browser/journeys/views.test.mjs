// Views of a table: kept, shared, followed by a link, changed, renamed and deleted; a field of one goes.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { start } from "../support/fixture.mjs";
import { Client } from "../support/client.mjs";
import { PEOPLE } from "../support/people.mjs";
import { define } from "../support/tables.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;

const { program, browser } = await start();

const FIELDS = [
  { name: "nombre", display_name: "Nombre", field_type: "TEXT" },
  { name: "monto", display_name: "Monto", field_type: "NUMBER" },
  {
    name: "medio",
    display_name: "Medio",
    field_type: "CHOICE",
    choices: ["Radio", "Redes", "Diario"],
  },
];
const RECORDS = [
  ["Uno", 10, "Radio"],
  ["Dos", 200, "Redes"],
  ["Tres", 3000, "Diario"],
].map(([nombre, monto, medio]) => ({ nombre, monto, medio }));

let api;
let table;
before(async () => {
  api = await Client.login(program.url, PEOPLE.admin);
  table = await define(api, {
    name: "pauta_vista",
    display_name: "Pauta vista",
    fields: FIELDS,
    records: RECORDS,
  });
});

const viewsFor = async (who) => {
  const client = await Client.login(program.url, who);
  return client.ok("GET", `/api/entities/${table.id}/views`);
};
const viewFor = async (who, name) =>
  (await viewsFor(who)).find((view) => view.name === name);

async function signedIn(who, search = "") {
  const tab = await Tab.open(await openProfile(browser, program), program);
  await tab.goto(`/tables/${table.id}${search}`);
  await tab.signIn(who);
  return tab;
}

const button = (tab, name) =>
  tab.page.getByRole("button", { name, exact: true });
const dialog = (tab, name) => tab.page.getByRole("dialog", { name });
const columns = (tab) =>
  tab.page.locator(".sheet thead .sheet-name").allInnerTexts();
const names = (tab) =>
  tab.page.locator('.sheet tbody [data-cell$=":1"]').allInnerTexts();
const search = (tab) => new URL(tab.page.url()).search;
const opener = (tab) => tab.page.locator(".sheet-views [aria-haspopup=menu]");

async function choose(tab, name, role = "menuitemradio") {
  await opener(tab).click();
  await tab.page.getByRole(role, { name }).click();
  await tab.settled();
}

async function keepAs(tab, name, isShared = false) {
  await choose(tab, t.views.saveAs, "menuitem");
  const form = dialog(tab, t.views.newTitle);
  await form.getByLabel(t.views.name, { exact: true }).fill(name);
  if (isShared) await form.getByLabel(t.views.share).check();
  await form.getByRole("button", { name: t.views.save }).click();
  await form.waitFor({ state: "detached" });
  await tab.settled();
}

test(
  "a view is kept, followed, changed, shared and deleted",
  { timeout: 120_000 },
  async (step) => {
    const shown = "?filter[monto][gte]=100&sort=-monto";
    const tab = await signedIn(PEOPLE.user, shown);
    const { page } = tab;

    await step.test(
      "columns are hidden by keys, but for the last",
      async () => {
        await page.getByRole("button", { name: t.views.columns }).focus();
        const { keyboard } = page;
        for (const key of [
          "Enter",
          "ArrowDown",
          "ArrowDown",
          "ArrowDown",
          "Enter",
        ])
          await keyboard.press(key);
        assert.deepEqual(await columns(tab), ["Nombre", "Monto"]);
        for (const key of ["ArrowUp", "Enter", "ArrowUp", "Enter"])
          await keyboard.press(key);
        assert.deepEqual(await columns(tab), ["Nombre"]);
        for (const key of ["ArrowDown", "Enter", "Escape"])
          await keyboard.press(key);
        assert.deepEqual(await columns(tab), ["Nombre", "Monto"]);
      },
    );

    await step.test("what is shown is kept for oneself", async () => {
      await keepAs(tab, "Las caras");
      const view = await viewFor(PEOPLE.user, "Las caras");
      assert.deepEqual(view.filter, { field: "monto", op: "gte", value: 100 });
      assert.deepEqual(
        [view.sort, view.fields, view.shared, view.own],
        [["-monto"], ["nombre", "monto"], false, true],
      );
      assert.equal(await viewFor(PEOPLE.admin, "Las caras"), undefined);
      assert.equal(
        await page.getByText(t.views.changed, { exact: true }).count(),
        0,
      );
    });

    await step.test(
      "all records and the view are a step apart, and back by the browser",
      async () => {
        await choose(tab, t.views.all);
        assert.equal(search(tab), "");
        assert.equal((await names(tab)).length, 3);
        await page.goBack();
        await tab.settled();
        assert.deepEqual(
          [await names(tab), await columns(tab)],
          [
            ["Tres", "Dos"],
            ["Nombre", "Monto"],
          ],
        );
      },
    );

    await step.test(
      "it says that something else is shown, and keeps it on demand",
      async () => {
        await page.locator(".sheet thead .sort").nth(1).click();
        await tab.settled();
        await page.getByText(t.views.changed, { exact: true }).waitFor();
        await button(tab, t.views.saveChanges).click();
        await page
          .getByText(t.views.changed, { exact: true })
          .waitFor({ state: "detached" });
        await tab.settled();
        assert.deepEqual((await viewFor(PEOPLE.user, "Las caras")).sort, []);
      },
    );

    await step.test(
      "it is renamed and shared, and a link of it shows a viewer the same",
      async () => {
        await choose(tab, t.views.editShared, "menuitem");
        const form = dialog(tab, t.views.editTitle("Las caras"));
        await form
          .getByLabel(t.views.name, { exact: true })
          .fill("Más de cien");
        await form.getByLabel(t.views.share).check();
        await form
          .getByRole("button", { name: t.views.saveEdit, exact: true })
          .click();
        await form.waitFor({ state: "detached" });
        const reader = await signedIn(PEOPLE.viewer, search(tab));
        assert.match(await opener(reader).innerText(), /Más de cien/);
        assert.deepEqual(
          [(await names(reader)).sort(), await columns(reader)],
          [
            ["Dos", "Tres"],
            ["Nombre", "Monto"],
          ],
        );
        await opener(reader).click();
        assert.equal(
          await reader.page
            .getByRole("group", { name: t.views.shared })
            .count(),
          1,
        );
        assert.equal(
          await reader.page
            .getByRole("menuitem", { name: t.views.remove })
            .count(),
          0,
        );
        assert.deepEqual(await reader.barriers(), []);
        await reader.assertNoFaults();
      },
    );

    await step.test("deleting it leaves what is shown", async () => {
      await choose(tab, t.views.remove, "menuitem");
      await dialog(tab, t.views.removeTitle("Más de cien"))
        .getByRole("button", { name: t.views.removeDo })
        .click();
      await tab.page.getByRole("dialog").waitFor({ state: "detached" });
      await tab.settled();
      assert.deepEqual(await viewsFor(PEOPLE.user), []);
      assert.deepEqual((await names(tab)).sort(), ["Dos", "Tres"]);
      assert.equal(new URLSearchParams(search(tab)).has("view"), false);
    });
    await tab.assertNoFaults();
  },
);

test(
  "a viewer keeps views of their own, and shares none",
  { timeout: 60_000 },
  async () => {
    const tab = await signedIn(PEOPLE.viewer, "?sort=monto");
    await choose(tab, t.views.saveAs, "menuitem");
    assert.equal(
      await dialog(tab, t.views.newTitle).getByLabel(t.views.share).count(),
      0,
    );
    await tab.page.keyboard.press("Escape");
    await keepAs(tab, "Por monto");
    assert.deepEqual((await viewFor(PEOPLE.viewer, "Por monto")).sort, [
      "monto",
    ]);
    await tab.assertNoFaults();
  },
);

test(
  "a filter with an alternative is shown by its conditions, and kept when it is changed",
  { timeout: 60_000 },
  async () => {
    const [radio, diario] = ["Radio", "Diario"].map((value) => ({
      field: "medio",
      op: "eq",
      value,
    }));
    const sent = {
      name: "Radio o diario",
      shared: true,
      filter: { or: [radio, diario] },
    };
    await api.ok("POST", `/api/entities/${table.id}/views`, sent);
    const tab = await signedIn(PEOPLE.admin);
    await choose(tab, sent.name);
    assert.deepEqual((await names(tab)).sort(), ["Tres", "Uno"]);
    assert.equal(await tab.page.locator(".filter-chip").count(), 2);
    await button(
      tab,
      t.records.removeFilter("Medio es igual a Diario"),
    ).click();
    await tab.settled();
    assert.deepEqual(await names(tab), ["Uno"]);
    await button(tab, t.views.saveChanges).click();
    await tab.settled();
    const { filter } = await viewFor(PEOPLE.admin, sent.name);
    assert.deepEqual(
      [filter.field, filter.op, filter.value],
      ["medio", "eq", "Radio"],
    );
    await tab.assertNoFaults();
  },
);

test(
  "a filter that the sheet has no words for is applied and can be removed",
  { timeout: 60_000 },
  async () => {
    const [radio, diario] = ["Radio", "Diario"].map((value) => ({
      field: "medio",
      op: "eq",
      value,
    }));
    const named = { field: "nombre", op: "is_null", value: false };
    const filter = {
      or: [
        radio,
        {
          and: [
            named,
            { or: [diario, { field: "monto", op: "gte", value: 1000000 }] },
          ],
        },
      ],
    };
    await api.ok("POST", `/api/entities/${table.id}/views`, {
      name: "Sin redes",
      shared: true,
      filter,
    });
    const tab = await signedIn(PEOPLE.user);
    await choose(tab, "Sin redes");
    assert.deepEqual((await names(tab)).sort(), ["Tres", "Uno"]);
    await button(tab, t.records.removeFilter(t.views.filter)).click();
    await tab.settled();
    assert.equal((await names(tab)).length, 3);
    await tab.page.getByText(t.views.changed, { exact: true }).waitFor();
    // It is an administrator's.
    assert.equal(await button(tab, t.views.saveChanges).count(), 0);
    await tab.assertNoFaults();
  },
);

test(
  "a view says which of its fields are gone, and an address that its view is",
  { timeout: 60_000 },
  async () => {
    const path = `/api/entities/${table.id}/views`;
    const sent = {
      name: "Por medio",
      shared: true,
      sort: ["medio"],
      fields: ["nombre", "medio"],
    };
    const view = await api.ok("POST", path, sent);
    const { fields } = await api.ok("GET", `/api/entities/${table.id}`);
    const { id } = fields.find(({ name }) => name === "medio");
    await api.ok("DELETE", `/api/metadata/entities/${table.id}/fields/${id}`);
    const tab = await signedIn(PEOPLE.user);
    await choose(tab, "Por medio");
    await tab.page.getByText(t.views.missing("1", true)).waitFor();
    assert.deepEqual(await columns(tab), ["Nombre"]);
    await api.ok("DELETE", `${path}/${view.id}`);
    await tab.goto(`/tables/${table.id}?view=${view.id}`);
    await tab.page.getByText(t.views.gone).waitFor();
    await button(tab, t.views.all).click();
    await tab.page.getByText(t.views.gone).waitFor({ state: "detached" });
    assert.equal(search(tab), "");
    await tab.assertNoFaults();
  },
);
