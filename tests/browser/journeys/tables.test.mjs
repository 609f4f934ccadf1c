// Tables from their definition to the trash: an administrator defines one, people fill it as a sheet, two of them at once.
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
let api;
before(async () => {
  api = await Client.login(program.url, PEOPLE.admin);
});

const tableCalled = async (name) => (await api.ok("GET", "/api/entities")).find((table) => table.display_name === name);
const recordsOf = async (table) => (await api.ok("GET", `/api/entities/${table.id}/records?page_size=100`)).items;

async function signedIn(who, path, options = {}) {
  const context = await openProfile(browser, program, options);
  const tab = await Tab.open(context, program);
  await tab.goto(path);
  await tab.signIn(who);
  return tab;
}

const cell = (tab, row, column) => tab.page.locator(`[data-cell="${row}:${column}"]`);
const text = (tab, row, column) => cell(tab, row, column).innerText();
const dialog = (tab, name) => tab.page.getByRole("dialog", { name });

/** Types into a cell as in a sheet: the first letter replaces what is there, Enter keeps it. */
async function typeInto(tab, row, column, typed) {
  await cell(tab, row, column).focus();
  await tab.page.keyboard.type(typed);
  await tab.page.keyboard.press("Enter");
  await tab.settled();
}

/** Pastes without the clipboard of the machine, which all tests would share. */
async function paste(tab, row, column, pasted) {
  await cell(tab, row, column).focus();
  await tab.settled();
  await cell(tab, row, column).evaluate((element, plain) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", plain);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, pasted);
}

const copied = (tab) =>
  tab.page.evaluate(() => {
    const clipboardData = new DataTransfer();
    document.activeElement.dispatchEvent(
      new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }),
    );
    return clipboardData.getData("text/plain");
  });

const HOSTILE = `<img src=x onerror="globalThis.isBroken=1">`;

const FIELDS = [
  { label: "Título", type: "TEXT", isRequired: true },
  { label: "Monto", type: "NUMBER", min: "0" },
  { label: "Piezas", type: "INTEGER" },
  { label: "Día", type: "DATE" },
  { label: "Hora", type: "DATETIME" },
  { label: "Pagado", type: "BOOLEAN" },
  { label: "Medio", type: "CHOICE", choices: "Radio\nRedes" },
  { label: "Ciudad", type: "RELATION", target: "Ciudades" },
];

async function addField(tab, { label, type, isRequired, min, choices, target }) {
  const { page } = tab;
  await page.getByRole("button", { name: t.definition.addField }).click();
  const form = dialog(tab, t.definition.newField);
  await form.getByLabel(t.definition.label, { exact: true }).fill(label);
  await form.getByLabel(t.definition.type, { exact: true }).selectOption(type);
  if (isRequired) await form.getByLabel(t.definition.requiredLabel).check();
  if (min) await form.getByLabel(t.definition.min).fill(min);
  if (choices) await form.getByLabel(t.definition.choices, { exact: true }).fill(choices);
  if (target) await form.getByLabel(t.definition.target, { exact: true }).selectOption({ label: target });
  await form.getByRole("button", { name: t.definition.addDo }).click();
  await form.waitFor({ state: "detached" });
  await tab.settled();
}

test("a table is defined, filled, filtered and restored", { timeout: 180_000 }, async (step) => {
  const tab = await signedIn(PEOPLE.admin, "/tables");
  const { page } = tab;
  const keys = page.keyboard;

  await step.test("an administrator defines it with a field of each type", async () => {
    await page.getByRole("button", { name: t.tables.add }).click();
    const form = dialog(tab, t.tables.newTitle);
    await form.getByLabel(t.tables.displayName, { exact: true }).fill("Pauta de radio");
    await form.getByRole("button", { name: t.tables.create }).click();
    await page.getByRole("heading", { level: 1, name: t.definition.title("Pauta de radio") }).waitFor();
    for (const field of FIELDS) await addField(tab, field);
    const { fields } = await tableCalled("Pauta de radio");
    assert.deepEqual(
      fields.map(({ display_name, field_type }) => [display_name, field_type]),
      FIELDS.map(({ label, type }) => [label, type]),
    );
  });

  await step.test("a field is moved by keys, and stays there", async () => {
    await page.getByRole("button", { name: t.definition.up("Piezas") }).focus();
    await keys.press("Enter");
    await tab.settled();
    const { fields } = await tableCalled("Pauta de radio");
    assert.deepEqual(fields.map(({ display_name }) => display_name).slice(0, 3), ["Título", "Piezas", "Monto"]);
  });

  await step.test("records are added without a mouse", async () => {
    await page.getByRole("link", { name: t.definition.toRecords }).click();
    await tab.settled();
    await page.getByRole("button", { name: t.records.add }).first().focus();
    for (const title of ["Uno", "Dos", HOSTILE]) {
      await keys.press("Enter");
      await dialog(tab, t.records.addTitle("Pauta de radio")).waitFor();
      await page.getByLabel(/^Título/).focus();
      await keys.type(title);
      await keys.press("Enter");
      await dialog(tab, t.records.addTitle("Pauta de radio")).waitFor({ state: "detached" });
      await tab.settled();
      await page.getByRole("button", { name: t.records.add }).first().focus();
    }
    assert.equal((await recordsOf(await tableCalled("Pauta de radio"))).length, 3);
    assert.equal(await text(tab, 0, 1), HOSTILE);
    assert.equal(await page.evaluate(() => globalThis.isBroken), undefined);
  });

  await step.test("cells are changed as in a sheet", async () => {
    await cell(tab, 1, 1).focus();
    await keys.press("ArrowRight");
    await keys.type("12");
    await keys.press("Tab");
    await keys.type("1234.50");
    await keys.press("Tab");
    await keys.type("3/5/2026");
    await keys.press("Tab");
    await keys.type("03/05/2026 18:30");
    await keys.press("Tab");
    await keys.press(" ");
    await keys.press("ArrowRight");
    await keys.press("Enter");
    await page.getByLabel(t.records.editing("Medio")).selectOption("Redes");
    await keys.press("Tab");
    await keys.press("Enter");
    await keys.type("Cus");
    await page.getByRole("option", { name: "Cusco" }).waitFor();
    await keys.press("Enter");
    await tab.settled();
    const shown = await Promise.all([2, 3, 4, 5, 6, 7, 8].map((column) => text(tab, 1, column)));
    assert.deepEqual(shown, ["12", "1,234.50", "3 may 2026", "3 may 2026 18:30", "Sí", "Redes", "Cusco"]);
    const [, record] = await recordsOf(await tableCalled("Pauta de radio"));
    assert.equal(record.data.monto, 1234.5);
    assert.equal(record.data.hora, "2026-05-03T23:30:00.000000Z");
  });

  await step.test("a value that breaks a rule stays in its cell, which says why", async () => {
    tab.expected.add(/^\/api\/entities\//);
    await typeInto(tab, 1, 3, "-5");
    await cell(tab, 1, 3).getByRole("alert").waitFor();
    assert.match(await text(tab, 1, 3), /^-5/);
    await cell(tab, 1, 3).focus();
    await keys.press("Escape");
    assert.equal(await text(tab, 1, 3), "1,234.50");
    await typeInto(tab, 1, 2, "x");
    assert.match(await text(tab, 1, 2), new RegExp(t.values.broken.whole));
    await cell(tab, 1, 2).focus();
    await keys.press("Escape");
  });

  await step.test("records are found by a filter and by several columns in order", async () => {
    await typeInto(tab, 0, 3, "20");
    await page.getByRole("button", { name: t.records.filter, exact: true }).click();
    const form = dialog(tab, t.records.filterTitle);
    await form.getByLabel(t.records.filterField, { exact: true }).selectOption({ label: "Monto" });
    await form.getByLabel(t.records.filterOp, { exact: true }).selectOption("gte");
    await form.getByLabel(t.records.filterValue, { exact: true }).fill("10");
    await form.getByRole("button", { name: t.records.filterDo }).click();
    await tab.settled();
    await page.getByRole("button", { name: /^Monto/ }).click();
    await page.getByRole("button", { name: /^Título/ }).click({ modifiers: ["Shift"] });
    await tab.settled();
    assert.equal(new URL(page.url()).searchParams.get("sort"), "monto,titulo");
    assert.deepEqual([await text(tab, 0, 3), await text(tab, 1, 3)], ["20", "1,234.50"]);
    assert.equal(await page.locator("tr[data-row]").count(), 2);
    await page.goBack();
    await page.goForward();
    await tab.settled();
    await page.getByRole("button", { name: t.records.removeFilter("Monto es mayor o igual que 10") }).click();
    await tab.goto(`/tables/${(await tableCalled("Pauta de radio")).id}`);
    assert.equal(await page.locator("tr[data-row]").count(), 3);
  });

  await step.test("a record that is deleted comes back by a click, and from the trash", async () => {
    await page.getByRole("button", { name: t.records.remove("Uno") }).click();
    await page.getByRole("button", { name: t.records.undo, exact: true }).click();
    await tab.settled();
    assert.equal((await recordsOf(await tableCalled("Pauta de radio"))).length, 3);
    await page.getByRole("button", { name: t.records.remove("Uno") }).click();
    await tab.settled();
    await page.getByRole("link", { name: t.records.trash }).click();
    await tab.settled();
    await page.getByRole("button", { name: t.tablesTrash.restoreOf("Uno") }).click();
    await tab.settled();
    assert.equal((await recordsOf(await tableCalled("Pauta de radio"))).length, 3);
  });

  await step.test("a table goes to the trash, and comes back whole", async () => {
    const { id } = await tableCalled("Pauta de radio");
    await tab.goto(`/tables/${id}/definition`);
    await page.getByRole("button", { name: t.definition.deleteDo }).click();
    await dialog(tab, t.definition.deleteTitle("Pauta de radio"))
      .getByRole("button", { name: t.definition.deleteDo })
      .click();
    await page.getByRole("heading", { level: 1, name: t.tables.title }).waitFor();
    await tab.settled();
    assert.equal(await tableCalled("Pauta de radio"), undefined);
    await tab.goto("/tables/trash");
    await page.getByRole("button", { name: t.tablesTrash.restoreOf("Pauta de radio") }).click();
    await tab.settled();
    assert.equal((await recordsOf(await tableCalled("Pauta de radio"))).length, 3);
  });

  await tab.assertNoFaults();
  await page.context().close();
});

test("a definition is changed in place, and says what points to it", async () => {
  const { id } = await tableCalled("Ciudades");
  const tab = await signedIn(PEOPLE.admin, `/tables/${id}/definition`);
  const { page } = tab;
  await page.getByRole("button", { name: t.definition.change("Nombre") }).click();
  await page.getByLabel(t.definition.maxLength, { exact: true }).fill("80");
  await page.getByRole("button", { name: t.common.save, exact: true }).click();
  await page.getByText(t.definition.characters("80")).waitFor();

  await page.getByRole("button", { name: t.definition.addField }).click();
  const form = dialog(tab, t.definition.newField);
  await form.getByLabel(t.definition.label, { exact: true }).fill("Agencias");
  await form.getByLabel(t.definition.type, { exact: true }).selectOption("INTEGER");
  await form.getByLabel(t.definition.initial, { exact: true }).fill("uno");
  await form.getByText(t.values.broken.whole).waitFor();
  await form.getByLabel(t.definition.initial, { exact: true }).fill("1");
  await form.getByRole("button", { name: t.definition.addDo }).click();
  await tab.settled();
  const { fields } = await tableCalled("Ciudades");
  assert.deepEqual([fields[0].max_length, fields[1].default], [80, 1]);

  await page.getByRole("button", { name: t.definition.remove("Nombre") }).click();
  const removal = dialog(tab, t.definition.removeTitle("Nombre"));
  await removal.getByText("Campañas · Ciudad").waitFor();
  await removal.getByRole("button", { name: t.common.cancel }).click();
  await page.getByRole("button", { name: t.definition.deleteDo }).click();
  await dialog(tab, t.definition.deleteTitle("Ciudades")).getByText("Campañas · Ciudad").waitFor();
  await tab.assertNoFaults();
  await page.context().close();
});

test("a rule becomes stricter only when all records keep it", async () => {
  const { id } = await define(api, {
    name: "metas",
    display_name: "Metas",
    fields: [
      { name: "nombre", display_name: "Nombre", field_type: "TEXT" },
      { name: "meta", display_name: "Meta", field_type: "NUMBER", min: 0 },
    ],
    records: [
      { nombre: "Alta", meta: 20_000 },
      { nombre: "Baja", meta: 500 },
    ],
  });
  const tab = await signedIn(PEOPLE.admin, `/tables/${id}/definition`);
  tab.expected.add(/^\/api\/metadata\//);
  const { page } = tab;
  const least = async () => (await tableCalled("Metas")).fields.find(({ name }) => name === "meta").min;
  const change = () => page.getByRole("button", { name: t.definition.change("Meta"), exact: true }).click();
  const keep = () => page.getByRole("button", { name: t.common.save, exact: true }).click();
  await change();
  await page.getByLabel(t.definition.min, { exact: true }).fill("10000");
  await keep();
  const note = page.getByRole("alert");
  const broken = note.getByRole("link", { name: "Baja", exact: true });
  await broken.waitFor();
  assert.equal(await note.getByRole("link").count(), 1, "the other one keeps the rule");
  assert.equal(await least(), 0, "the rule is as it was");

  await broken.click();
  await tab.settled();
  await page.getByLabel("Meta", { exact: true }).fill("10000");
  await page.getByRole("button", { name: t.records.save, exact: true }).click();
  await tab.settled();
  await page.goBack();
  await tab.settled();
  await change();
  assert.equal(
    await page.getByLabel(t.definition.min, { exact: true }).inputValue(),
    "10000",
    "what was typed is kept",
  );
  await keep();
  await page.getByText(t.definition.from("10,000")).waitFor();
  assert.equal(await least(), 10_000);
  await tab.assertNoFaults();
  await page.context().close();
});

test("who saves second sees what the first one saved, and nothing is lost", async () => {
  const table = await tableCalled("Campañas");
  const tab = await signedIn(PEOPLE.user, `/tables/${table.id}?sort=nombre`);
  tab.expected.add(/^\/api\/entities\//);
  const id = (await recordsOf(table)).find(({ data }) => data.nombre === "Cierra puertas").id;
  const stored = async () => (await api.ok("GET", `/api/entities/${table.id}/records/${id}`)).data.gasto;
  const conflict = dialog(tab, t.records.conflict);

  await api.ok("PATCH", `/api/entities/${table.id}/records/${id}`, { data: { gasto: 111 } });
  await typeInto(tab, 0, 4, "222");
  await conflict.getByText("111").waitFor();
  await conflict.getByText("222").waitFor();
  assert.equal(await stored(), 111, "nothing is overwritten before the person chose");
  await conflict.getByRole("button", { name: t.records.keepTheirs }).click();
  assert.equal(await text(tab, 0, 4), "111");

  await api.ok("PATCH", `/api/entities/${table.id}/records/${id}`, { data: { gasto: 333 } });
  await typeInto(tab, 0, 4, "444");
  await conflict.getByRole("button", { name: t.records.keepMine }).click();
  await tab.settled();
  assert.equal(await stored(), 444);
  await tab.assertNoFaults();
  await tab.page.context().close();
});

test("cells are copied to a sheet and pasted from one", { timeout: 60_000 }, async (step) => {
  const table = await tableCalled("Campañas");
  const tab = await signedIn(PEOPLE.admin, `/tables/${table.id}?sort=nombre`);
  tab.expected.add(/^\/api\/entities\//);
  const { page } = tab;
  const keys = page.keyboard;
  const values = async () => {
    const all = await recordsOf(table);
    return all.toSorted((a, b) => (a.data.nombre < b.data.nombre ? -1 : 1)).map(({ data }) => data);
  };
  const begun = await values();

  await step.test("several rows and columns are pasted at once, and taken back", async () => {
    await paste(tab, 0, 5, '"1"\tRadio\tsí\r\n2\tREDES\tno\r\n');
    await page.getByText(t.records.cellsStored("6", false)).waitFor();
    await tab.settled();
    const pasted = (await values()).slice(0, 2).map(({ piezas, canal, activa }) => [piezas, canal, activa]);
    assert.deepEqual(pasted, [
      [1, "Radio", true],
      [2, "Redes", false],
    ]);
    await cell(tab, 0, 5).focus();
    await keys.press("Control+z");
    await page.getByText(t.records.undoneCells).waitFor();
    assert.deepEqual(await values(), begun);
  });

  await step.test("names of another table's records are found, and what is none is told at its cell", async () => {
    await paste(tab, 0, 9, "Lima\nAtlántida");
    await cell(tab, 1, 9).getByRole("alert").waitFor();
    await tab.settled();
    assert.equal(await text(tab, 0, 9), "Lima");
    assert.match(await text(tab, 1, 9), /Atlántida/);
    await cell(tab, 1, 9).focus();
    await keys.press("Escape");
  });

  await step.test("what the server refuses stays in its cell, and the rest is stored", async () => {
    await paste(tab, 0, 4, "-1\n500.25\nabc");
    await cell(tab, 0, 4).getByRole("alert").waitFor();
    await cell(tab, 2, 4).getByRole("alert").waitFor();
    await tab.settled();
    const spent = (await values()).slice(0, 3).map(({ gasto }) => gasto);
    assert.deepEqual(spent, [begun[0].gasto, 500.25, begun[2].gasto]);
    assert.match(await text(tab, 0, 4), /^-1/);
    assert.match(await text(tab, 2, 4), /^abc/);
  });

  await step.test("a record that somebody else changed meanwhile is not overwritten", async () => {
    const [, second] = (await recordsOf(table)).toSorted((a, b) => (a.data.nombre < b.data.nombre ? -1 : 1));
    await api.ok("PATCH", `/api/entities/${table.id}/records/${second.id}`, { data: { piezas: 77 } });
    await paste(tab, 0, 5, "5\n6");
    await cell(tab, 1, 5).getByRole("alert").getByText(t.records.conflict).waitFor();
    await tab.settled();
    assert.deepEqual(
      (await values()).slice(0, 2).map(({ piezas }) => piezas),
      [5, 77],
    );
    await cell(tab, 1, 5).focus();
    await keys.press("Escape");
    assert.equal(await text(tab, 1, 5), "77");
  });

  await step.test("what is copied is what a sheet takes, and no formula", async () => {
    await typeInto(tab, 0, 8, "=1+1");
    await cell(tab, 0, 7).focus();
    await keys.press("Shift+ArrowRight");
    await keys.press("Shift+ArrowDown");
    const lines = (await copied(tab)).split("\r\n");
    assert.equal(lines.length, 2);
    assert.ok(lines[0].endsWith("\t'=1+1"), lines[0]);
    await page.getByText(t.records.selected("2", "2")).waitFor();
  });

  await tab.assertNoFaults();
  await page.context().close();
});

test("a viewer reads records and is offered nothing that writes", async () => {
  const table = await tableCalled("Campañas");
  const tab = await signedIn(PEOPLE.viewer, `/tables/${table.id}`);
  const { page } = tab;
  const { add, define, save, delete: remove } = t.records;
  const names = [add, define, save, remove, t.tables.add, t.tables.define, t.imports.action];
  const [{ id }] = await recordsOf(table);
  for (const path of [
    "/tables",
    `/tables/${table.id}`,
    `/tables/${table.id}/records/${id}`,
    `/tables/${table.id}/trash`,
  ]) {
    await tab.goto(path);
    for (const name of names) {
      assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, `${path}: ${name}`);
      assert.equal(await page.getByRole("link", { name, exact: true }).count(), 0, `${path}: ${name}`);
    }
    assert.equal(await page.locator("main .btn-danger, main td .btn").count(), 0, path);
  }
  await tab.goto(`/tables/${table.id}`);
  await cell(tab, 0, 1).focus();
  await page.keyboard.type("x");
  await page.keyboard.press("Delete");
  await paste(tab, 0, 1, "otro");
  assert.equal(await page.locator(".cell-input").count(), 0);
  await page.keyboard.press("Enter");
  await tab.settled();
  assert.match(page.url(), /\/records\//);
  await tab.goto(`/tables/${table.id}/definition`);
  await page.getByText(t.common.forbidden).waitFor();
  await tab.assertNoFaults();
  await page.context().close();
});

const MANY = 100_000;

/** Answers pages of so many records that to store them would take longer than all tests. */
async function answerMany(page, table) {
  await page.route(`**/api/entities/${table.id}/records?*`, (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const [number, size] = [Number(asked.get("page")), Number(asked.get("page_size"))];
    const items = Array.from({ length: Math.max(0, Math.min(size, MANY - (number - 1) * size)) }, (_, at) => {
      const row = (number - 1) * size + at;
      const id = `00000000-0000-7000-8000-${String(row).padStart(12, "0")}`;
      const data = Object.fromEntries(table.fields.map((field) => [field.id, valueIn(field, row)]));
      const moment = "2026-11-29T12:00:00.000000Z";
      return { id, created_at: moment, updated_at: moment, revision: 1, data };
    });
    const total_pages = Math.ceil(MANY / size);
    return route.fulfill({
      json: { items, total: MANY, total_exact: true, page: number, page_size: size, total_pages },
    });
  });
}

function valueIn({ field_type }, row) {
  switch (field_type) {
    case "NUMBER":
      return `${row}.25`;
    case "INTEGER":
      return row;
    case "DATE":
      return "2026-05-03";
    case "DATETIME":
      return "2026-05-03T23:30:00.000000Z";
    case "TEXT":
      return `Fila ${row + 1}`;
    case "BOOLEAN":
      return row % 2 === 0;
    default:
      return null;
  }
}

test("a hundred thousand rows are scrolled, and few of them are drawn", { timeout: 120_000 }, async (step) => {
  const table = await tableCalled("Campañas");
  const tab = await signedIn(PEOPLE.user, "/tables");
  const { page } = tab;
  await answerMany(page, table);
  await page.evaluate(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) =>
      globalThis.longTasks.push(...list.getEntries().map((entry) => entry.duration)),
    ).observe({ type: "longtask" });
  });
  await page.getByRole("link", { name: "Campañas", exact: true }).click();
  await tab.settled();
  await page.evaluate(() => globalThis.longTasks.splice(0));
  const sheet = page.locator(".sheet-wrap");
  const shown = (title) => page.getByText(title, { exact: true }).first().waitFor();
  const drawn = () => page.locator("tr[data-row]").count();
  const scrollTo = async (share) => {
    await sheet.evaluate((element, part) => (element.scrollTop = element.scrollHeight * part), share);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  };
  for (let at = 0; at < 60; at++) {
    await page.mouse.move(800, 500);
    await page.mouse.wheel(0, 600);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  for (const share of [0.1, 0.37, 0.5, 0.93, 1]) await scrollTo(share);
  await shown("Fila 100000");
  assert.ok((await drawn()) < 100, `${await drawn()} rows are drawn`);
  // Ctrl+Home leads from the last row to the first by keys alone.
  await cell(tab, MANY - 1, 1).focus();
  await page.keyboard.press("Control+Home");
  await shown("Fila 1");
  await page.keyboard.press("Control+End");
  await shown("Fila 100000");
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.cell?.split(":")[0]), String(MANY - 1));
  const tasks = await page.evaluate(() => globalThis.longTasks);
  step.diagnostic(`long tasks while scrolling, in ms: ${tasks.map(Math.round).join(", ") || "none"}`);
  // On paper there are the rows that were read from the first one on.
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.deepEqual([(await drawn()) % 100, await page.locator(".sheet-gap").count()], [0, 0]);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.deepEqual(await tab.barriers(), []);
  await tab.assertNoFaults();
  await page.context().close();
});

test("at twice the size and in forced colours the sheet is used by keys", async () => {
  const table = await tableCalled("Campañas");
  // What is left of a window of 1440 by 900 pixels.
  const options = { width: 720, height: 450, forcedColors: "active" };
  const tab = await signedIn(PEOPLE.user, `/tables/${table.id}?sort=nombre`, options);
  const { page } = tab;
  assert.deepEqual(await tab.overflow(), []);
  await cell(tab, 0, 1).focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("ArrowLeft");
  const isWhole = await page.evaluate(() => {
    const box = document.activeElement.getBoundingClientRect();
    const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const isInside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
    return isInside && document.activeElement.contains(seen);
  });
  assert.ok(isWhole, "the cell that has the focus is in view");
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  const [chosen, other] = await Promise.all(
    [cell(tab, 0, 1), cell(tab, 1, 1)].map((one) =>
      one.evaluate((element) => getComputedStyle(element).backgroundColor),
    ),
  );
  assert.notEqual(chosen, other, "what is selected is seen without the page's colours");
  await tab.assertNoFaults();
  await page.context().close();
});
