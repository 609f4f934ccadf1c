// Records come from files and go into files: an import that is mended, questions, keys, an export of what is seen.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
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
const recordsOf = async (table, search = "") =>
  (await api.ok("GET", `/api/entities/${table.id}/records?page_size=100${search}`)).items.map(({ data }) => data);

async function signedIn(who, path) {
  const tab = await Tab.open(await openProfile(browser, program), program);
  await tab.goto(path);
  await tab.signIn(who);
  return tab;
}

const csv = (name, lines, encoding = "utf8") => ({
  name,
  mimeType: "text/csv",
  buffer: Buffer.from(`${lines.join("\r\n")}\r\n`, encoding),
});

const button = (tab, name) => tab.page.getByRole("button", { name, exact: true });
const store = (tab, rows) => button(tab, t.data.store.store(rows, `${rows}`));
const label = (tab, name) => tab.page.getByLabel(name, { exact: true });

async function choose(tab, file) {
  await tab.page.locator('.drop input[type="file"]').setInputFiles(file);
  await tab.settled();
}

async function chooseOther(tab, file) {
  const choosing = tab.page.waitForEvent("filechooser");
  await button(tab, t.data.store.other).click();
  await (await choosing).setFiles(file);
  await tab.settled();
}

async function stored(tab, rows) {
  await tab.page.getByRole("heading", { name: t.data.done.title(rows, `${rows}`) }).waitFor();
  await tab.settled();
}

async function downloaded(tab, click) {
  const download = tab.page.waitForEvent("download");
  await click();
  const file = await download;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

test("a file of Excel with one bad line is imported once it is mended", { timeout: 60_000 }, async (step) => {
  const table = await tableCalled("Campañas");
  const tab = await signedIn(PEOPLE.user, `/tables/${table.id}`);
  const { page } = tab;
  const header = "Nombre;Gasto en soles;Inicio;Activa;Canal;Responsable";
  const sound = ["Año nuevo;1.234,50;31/12/2026;VERDADERO;radio;Íñigo", "Semana Santa;987,10;29/3/2026;;Redes;Ana"];
  const bad = "Día del niño;mil;16/8/2026;FALSO;Redes;Ana";
  const before = await recordsOf(table);

  await step.test("it says how it was read, and where it is wrong", async () => {
    await page.getByRole("link", { name: t.imports.action, exact: true }).click();
    await tab.settled();
    await choose(tab, csv("campañas.csv", [header, sound[0], bad, sound[1]], "latin1"));
    const read = [t.imports.encoding, t.imports.delimiter, t.imports.decimal, t.imports.dateOrder];
    assert.deepEqual(await Promise.all(read.map((name) => label(tab, name).inputValue())), [
      "windows-1252",
      ";",
      ",",
      "dd/mm/yyyy",
    ]);
    assert.equal(await label(tab, t.imports.fieldOf("Responsable")).inputValue(), "", "a column of no field");
    const cells = await page.locator("tbody tr td:visible").allInnerTexts();
    assert.deepEqual(cells.slice(0, 3), ["3", "Gasto en soles", "mil"]);
    assert.equal(await store(tab, 2).isDisabled(), true, "all or nothing");
    assert.deepEqual(await recordsOf(table), before, "nothing is stored by a trial");
  });

  await step.test("its errors are a file", async () => {
    const { name, text } = await downloaded(tab, () => button(tab, t.common.download).click());
    assert.equal(name, t.data.errors.fileName("Campañas"));
    const [head, error, ...rest] = text.trim().split("\n");
    assert.equal(head, "line,column,value,error,message");
    assert.ok(error.startsWith("3,Gasto en soles,mil,wrong_type,"), error);
    assert.deepEqual(rest, []);
  });

  await step.test("the mended file is stored whole", async () => {
    await chooseOther(tab, csv("campañas.csv", [header, sound[0], bad.replace("mil", "12.000"), sound[1]], "latin1"));
    await store(tab, 3).click();
    await stored(tab, 3);
    await page.getByRole("link", { name: t.definition.toRecords, exact: true }).click();
    await tab.settled();
    await page.getByText("Semana Santa", { exact: true }).waitFor();
    const kept = (await recordsOf(table, "&sort=gasto")).filter(
      ({ nombre }) => !before.some((old) => old.nombre === nombre),
    );
    assert.deepEqual(
      kept.map(({ nombre, gasto, inicio, activa, canal }) => [nombre, gasto, inicio, activa, canal]),
      [
        ["Semana Santa", 987.1, "2026-03-29", null, "Redes"],
        ["Año nuevo", 1234.5, "2026-12-31", true, "Radio"],
        ["Día del niño", 12000, "2026-08-16", false, "Redes"],
      ],
    );
  });

  await tab.assertNoFaults();
  await page.context().close();
});

test("what a file leaves open is asked, and nothing is stored before the answer", async () => {
  const table = await define(api, {
    name: "turnos",
    display_name: "Turnos",
    fields: [{ name: "dia", display_name: "Día", field_type: "DATE" }],
  });
  const tab = await signedIn(PEOPLE.user, `/tables/${table.id}/import`);
  await choose(tab, csv("turnos.csv", ["Día", "03/04/2026", "05/06/2026"]));
  await tab.page.getByRole("radiogroup", { name: t.imports.questions.date_order("Día") }).waitFor();
  assert.equal(await store(tab, 2).count(), 0);
  await label(tab, t.data.trial.formats["mm/dd/yyyy"]).click();
  await tab.settled();
  await store(tab, 2).click();
  await stored(tab, 2);
  assert.deepEqual(
    (await recordsOf(table, "&sort=dia")).map(({ dia }) => dia),
    ["2026-03-04", "2026-05-06"],
  );
  await tab.assertNoFaults();
  await tab.page.context().close();
});

test("rows change the records that have their key, and bad ones are left out by who says so", async () => {
  const table = await define(api, {
    name: "agencias",
    display_name: "Agencias",
    fields: [
      { name: "codigo", display_name: "Código", field_type: "TEXT", unique: true },
      { name: "metas", display_name: "Metas", field_type: "INTEGER" },
    ],
    records: [
      { codigo: "LIM", metas: 1 },
      { codigo: "CUS", metas: 2 },
    ],
  });
  const tab = await signedIn(PEOPLE.user, `/tables/${table.id}/import`);
  const { page } = tab;
  await choose(tab, csv("agencias.csv", ["Código,Meta del año", "LIM,10", "CUS,2", "PIU,3", "PIU,4"]));
  await label(tab, t.imports.fieldOf("Meta del año")).selectOption({ label: "Metas" });
  await tab.settled();
  await label(tab, t.imports.key).selectOption({ label: t.imports.keyField("Código") });
  await tab.settled();
  const counts = await page.locator(".counts dd:not(.hint)").allInnerTexts();
  assert.deepEqual(counts, ["1", "1", "1", "1"], "new, changed, the same, wrong");
  await page.getByRole("checkbox", { name: t.data.store.leaveOut(1, "1") }).check();
  await store(tab, 2).click();
  await stored(tab, 2);
  const kept = (await recordsOf(table, "&sort=codigo")).map(({ codigo, metas }) => [codigo, metas]);
  assert.deepEqual(kept, [
    ["CUS", 2],
    ["LIM", 10],
    ["PIU", 3],
  ]);
  await tab.assertNoFaults();
  await page.context().close();
});

test("a workbook is read, by its first sheet or the one that is named", async () => {
  const table = await define(api, {
    name: "lecturas",
    display_name: "Lecturas",
    fields: [
      { name: "fecha", display_name: "Fecha", field_type: "DATE" },
      { name: "seguidores", display_name: "Seguidores", field_type: "INTEGER" },
    ],
  });
  const tab = await signedIn(PEOPLE.user, `/tables/${table.id}/import`);
  const { page } = tab;
  const workbook = await readFile(new URL("../../data/workbooks/openpyxl.xlsx", import.meta.url));
  const mimeType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  const readSheet = async (name) => {
    await label(tab, t.data.trial.sheet).fill(name);
    await button(tab, t.data.trial.readSheet).click();
    await tab.settled();
  };
  await choose(tab, { name: "lecturas.xlsx", mimeType, buffer: workbook });
  await store(tab, 60).waitFor();
  await readSheet("Ninguna");
  await page.getByText("Seguidores, Texto, Fórmulas").waitFor();
  assert.equal(await store(tab, 60).count(), 0);
  await readSheet("Texto");
  await store(tab, 60).click();
  await stored(tab, 60);
  const [first] = await recordsOf(table, "&sort=fecha");
  assert.deepEqual([first.fecha, first.seguidores], ["2026-01-01", 1_396_000]);
  await tab.assertNoFaults();
  await page.context().close();
});

test("a file that is too large is refused before it is sent", async () => {
  const table = await tableCalled("Campañas");
  const tab = await signedIn(PEOPLE.user, `/tables/${table.id}/import`);
  const sent = [];
  tab.page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await tab.page.locator(".drop").evaluate((zone) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(17 * 1024 * 1024)], "grande.csv", { type: "text/csv" }));
    for (const type of ["dragenter", "dragover", "drop"])
      zone.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  });
  await tab.page.getByRole("alert").getByText("16 MB").waitFor();
  assert.deepEqual(
    sent.filter((url) => url.includes("records:import")),
    [],
  );
  await tab.assertNoFaults();
  await tab.page.context().close();
});

test("an export has the records that are seen, in their order, and an import takes it back", async () => {
  const spent = "-gasto, en soles";
  const table = await define(api, {
    name: "compras",
    display_name: "Compras",
    fields: [
      { name: "que", display_name: "Qué", field_type: "TEXT" },
      { name: spent, display_name: "Gasto", field_type: "NUMBER" },
    ],
    records: [5, 300.5, 20, 40].map((value, at) => ({ que: `=${at}`, [spent]: value })),
  });
  const tab = await signedIn(PEOPLE.viewer, `/tables/${table.id}`);
  const { page } = tab;
  assert.equal(await page.getByRole("link", { name: t.imports.action, exact: true }).count(), 0, "who only reads");
  await page.getByRole("button", { name: t.records.filter, exact: true }).click();
  const form = page.getByRole("dialog", { name: t.records.filterTitle });
  await form.getByLabel(t.records.filterField, { exact: true }).selectOption({ label: "Gasto" });
  await form.getByLabel(t.records.filterOp, { exact: true }).selectOption("gte");
  await form.getByLabel(t.records.filterValue, { exact: true }).fill("20");
  await form.getByRole("button", { name: t.records.filterDo }).click();
  await tab.settled();
  await page.getByRole("button", { name: /^Gasto/ }).click();
  await tab.settled();
  const exported = (kind) =>
    downloaded(tab, async () => {
      await page.getByRole("button", { name: t.exports.action, exact: true }).click();
      await page.getByRole("menuitem", { name: t.exports[kind], exact: true }).click();
    });
  const plain = await exported("csv");
  assert.equal(plain.name, "Compras.csv");
  const values = plain.text
    .trim()
    .split("\n")
    .map((line) => line.replace(/^[^,]*,/, ""));
  assert.deepEqual(values, [`que,"'-gasto, en soles"`, "'=2,20", "'=3,40", "'=1,300.5"]);
  const lines = (await exported("jsonl")).text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).data);
  assert.deepEqual(lines[0], { que: "=2", [spent]: 20 });
  const excel = await exported("excel");
  assert.ok(excel.text.startsWith("\u{feff}id;que;"), excel.text);

  const writer = await signedIn(PEOPLE.user, `/tables/${table.id}/import`);
  await choose(writer, { name: excel.name, mimeType: "text/csv", buffer: Buffer.from(excel.text) });
  await label(writer, t.imports.key).selectOption({ label: t.imports.keyId });
  await writer.settled();
  const counts = await writer.page.locator(".counts dd:not(.hint)").allInnerTexts();
  assert.deepEqual(counts, ["0", "0", "3", "0"], "nothing is new or other than it was");
  for (const one of [tab, writer]) {
    await one.assertNoFaults();
    await one.page.context().close();
  }
});
