// Records in groups, filters with alternatives, columns in another order, and what points to a record.
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

let cities;
let table;
before(async () => {
  const api = await Client.login(program.url, PEOPLE.admin);
  cities = await define(api, {
    name: "sede",
    display_name: "Sedes",
    fields: [{ name: "nombre", display_name: "Nombre", field_type: "TEXT" }],
    records: [{ nombre: "Lima" }, { nombre: "Piura" }],
  });
  const [lima, piura] = cities.records.map(({ id }) => id);
  const city = { target_entity_id: cities.id, target_display_field: "nombre" };
  table = await define(api, {
    name: "gasto_grupo",
    display_name: "Gastos",
    fields: [
      { name: "nombre", display_name: "Nombre", field_type: "TEXT" },
      {
        name: "medio",
        display_name: "Medio",
        field_type: "CHOICE",
        choices: ["Radio", "Redes"],
      },
      { name: "monto", display_name: "Monto", field_type: "NUMBER" },
      { name: "dia", display_name: "Día", field_type: "DATE" },
      { name: "sede", display_name: "Sede", field_type: "RELATION", ...city },
    ],
    records: [
      {
        nombre: "Uno",
        medio: "Redes",
        monto: 10.5,
        dia: "2026-05-31",
        sede: lima,
      },
      {
        nombre: "Dos",
        medio: "Radio",
        monto: 200,
        dia: "2026-05-01",
        sede: piura,
      },
      {
        nombre: "Tres",
        medio: "Redes",
        monto: 3000,
        dia: "2026-06-01",
        sede: lima,
      },
      { nombre: "Cuatro", monto: 1 },
    ],
  });
});

async function signedIn(who, search = "", path = `/tables/${table.id}`) {
  const tab = await Tab.open(await openProfile(browser, program), program);
  await tab.goto(`${path}${search}`);
  await tab.signIn(who);
  return tab;
}

const button = (tab, name) =>
  tab.page.getByRole("button", { name, exact: true });
const headings = (tab) =>
  tab.page.locator(".sheet-group .group-label").allInnerTexts();
const rows = (tab) =>
  tab.page
    .locator(".sheet tbody tr")
    .evaluateAll((all) =>
      all.map(
        (row) =>
          row.querySelector(".group-name, [data-cell$=':1']")?.textContent,
      ),
    );
const columns = (tab) =>
  tab.page.locator(".sheet thead .sheet-name").allInnerTexts();
const search = (tab) => new URL(tab.page.url()).searchParams;

test(
  "records are grouped, groups open and close by keys, and a changed value moves",
  { timeout: 90_000 },
  async () => {
    const tab = await signedIn(PEOPLE.user);
    const { keyboard } = tab.page;
    await button(tab, t.grouping.action).click();
    await tab.page.getByRole("menuitemradio", { name: "Medio" }).click();
    await tab.settled();
    assert.equal(search(tab).get("group"), "medio");
    assert.deepEqual(await rows(tab), [
      "Radio",
      "Dos",
      "Redes",
      "Tres",
      "Uno",
      t.grouping.without("Medio"),
      "Cuatro",
    ]);
    const totals = await tab.page
      .locator(".sheet-group td.num")
      .allInnerTexts();
    assert.ok(
      totals.some((text) => text.endsWith("3,010.5")),
      totals.join("|"),
    );

    const radio = tab.page.locator(".sheet-group").first();
    await radio.focus();
    await keyboard.press("ArrowLeft");
    assert.equal(await radio.getAttribute("aria-expanded"), "false");
    assert.deepEqual((await rows(tab)).slice(0, 3), ["Radio", "Redes", "Tres"]);
    await keyboard.press("Enter");
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowRight");
    await keyboard.press("Enter");
    await tab.page.locator(".sheet td select").selectOption("Redes");
    await keyboard.press("Enter");
    await tab.settled();
    assert.deepEqual((await rows(tab)).slice(0, 4).sort(), [
      "Dos",
      "Redes",
      "Tres",
      "Uno",
    ]);
    assert.deepEqual(await tab.barriers("main"), []);
    await tab.assertNoFaults();
  },
);

test(
  "days are grouped by months, and relations by names, for whoever only reads",
  { timeout: 60_000 },
  async () => {
    const tab = await signedIn(PEOPLE.viewer, "?group=dia:month&sort=-dia");
    assert.deepEqual(
      (await headings(tab)).map((text) => text.split("\n")[0]),
      ["Junio 2026", "Mayo 2026", t.grouping.without("Día")],
    );
    await tab.goto(`/tables/${table.id}?group=sede`);
    assert.deepEqual(
      (await headings(tab)).map((text) => text.split("\n")[0]).sort(),
      ["Lima", "Piura", t.grouping.without("Sede")],
    );
    await tab.assertNoFaults();
  },
);

test(
  "an alternative to a filter is in a group with it, also in a group of records",
  { timeout: 60_000 },
  async () => {
    const tab = await signedIn(
      PEOPLE.user,
      "?filter[monto][gte]=100&filter[nombre][eq]=Dos&group=sede",
    );
    const inSheet = async () =>
      (await rows(tab)).filter((text) => ["Uno", "Dos", "Tres"].includes(text));
    assert.deepEqual(await inSheet(), ["Dos"]);
    await tab.page
      .locator(".filter-chip", { hasText: "Nombre" })
      .locator(".filter-more")
      .click();
    const dialog = tab.page.getByRole("dialog");
    await dialog.getByLabel(t.records.filterOp).selectOption("eq");
    await dialog.getByLabel(t.records.filterValue).fill("Tres");
    await dialog.getByRole("button", { name: t.records.filterDo }).click();
    await tab.settled();
    assert.deepEqual((await inSheet()).sort(), ["Dos", "Tres"]);
    assert.deepEqual(search(tab).getAll("filter1[nombre][eq]"), [
      "Dos",
      "Tres",
    ]);
    await tab.page.getByLabel(t.records.match).selectOption("any");
    await tab.settled();
    assert.equal(search(tab).get("match"), "any");
    await tab.assertNoFaults();
  },
);

test(
  "columns are moved by the menu, and by their heads",
  { timeout: 60_000 },
  async () => {
    const tab = await signedIn(PEOPLE.viewer, "?fields=nombre,medio,monto");
    await tab.page
      .locator(".sheet thead th")
      .nth(3)
      .dragTo(tab.page.locator(".sheet thead th").nth(1));
    await tab.settled();
    assert.deepEqual(await columns(tab), ["Monto", "Nombre", "Medio"]);
    await button(tab, t.views.columnsOf("3", "5")).click();
    await tab.page.getByRole("menuitemcheckbox", { name: "Monto" }).focus();
    await tab.page.keyboard.press("Alt+ArrowDown");
    await tab.settled();
    assert.deepEqual(await columns(tab), ["Nombre", "Monto", "Medio"]);
    assert.equal(search(tab).get("fields"), "nombre,monto,medio");
    assert.equal(
      await tab.page.evaluate(() => document.activeElement?.textContent),
      "Monto",
    );
    await tab.assertNoFaults();
  },
);

test(
  "a record names those that point to it, and leads to them",
  { timeout: 60_000 },
  async () => {
    const [lima] = cities.records;
    const tab = await signedIn(
      PEOPLE.viewer,
      "",
      `/tables/${cities.id}/records/${lima.id}`,
    );
    await tab.page.getByRole("heading", { name: t.pointing.title }).waitFor();
    await tab.page.getByRole("link", { name: "Tres" }).waitFor();
    await tab.page.locator(".pointing-all").click();
    await tab.settled();
    assert.deepEqual((await rows(tab)).sort(), ["Tres", "Uno"]);
    await tab.assertNoFaults();
  },
);
