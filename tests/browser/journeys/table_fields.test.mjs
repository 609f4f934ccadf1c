// What a field can be besides its type: data of other programs, what it is for, and how its choices look.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { openProfile, Tab } from "../support/browser.mjs";
import { Client } from "../support/client.mjs";
import { start } from "../support/fixture.mjs";
import { PEOPLE } from "../support/people.mjs";
import { define } from "../support/tables.mjs";
import { WORDS } from "../support/words.mjs";

const t = WORDS.es;

const { program, browser } = await start();
let api;
before(async () => {
  api = await Client.login(program.url, PEOPLE.admin);
});

async function signedIn(path) {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  await tab.goto(path);
  await tab.signIn(PEOPLE.admin);
  return tab;
}

test("structured data is told where it cannot be read, and keeps its digits", async () => {
  const { id, records } = await define(api, {
    name: "envios",
    display_name: "Envíos",
    fields: [
      { name: "nombre", display_name: "Nombre", field_type: "TEXT" },
      { name: "detalle", display_name: "Detalle", field_type: "JSON", description: "Lo que manda la agencia." },
    ],
    records: [{ nombre: "Mayo", detalle: { canal: ["radio"] } }],
  });
  const tab = await signedIn(`/tables/${id}/records/${records[0].id}`);
  const { page } = tab;
  const detail = page.getByRole("textbox", { name: "Detalle" });
  await page.getByText("Lo que manda la agencia.").waitFor();
  assert.equal(await detail.inputValue(), '{\n  "canal": [\n    "radio"\n  ]\n}');
  await detail.fill('{"canal": [}');
  await page.getByText(t.values.broken.json).waitFor();
  await detail.fill('{"canal": [], "codigo": 12345678901234567890}');
  await page.getByRole("button", { name: t.records.save, exact: true }).click();
  await tab.settled();
  const stored = await api.ok("GET", `/api/entities/${id}/records/${records[0].id}?numbers=string`);
  assert.equal(stored.data.detalle, '{"canal":[],"codigo":12345678901234567890}');
  await tab.goto(`/tables/${id}`);
  await tab.settled();
  await page.getByRole("gridcell", { name: '{"canal":[],"codigo":12345678901234567890}' }).waitFor();
});

test("a choice has a name and a colour of its own, and stays what it is for programs", async () => {
  const { id } = await define(api, {
    name: "estados",
    display_name: "Estados",
    fields: [
      { name: "nombre", display_name: "Nombre", field_type: "TEXT" },
      { name: "estado", display_name: "Estado", field_type: "CHOICE", choices: ["A", "B"] },
    ],
    records: [{ nombre: "Mayo", estado: "A" }, { nombre: "Junio" }],
  });
  const tab = await signedIn(`/tables/${id}/definition`);
  const { page } = tab;
  await page.getByRole("button", { name: t.definition.change("Estado"), exact: true }).click();
  await page.getByLabel(t.definition.purpose).fill("En qué va la campaña");
  await page.getByLabel(t.definition.labelOf("A")).fill("Activa");
  await page.getByLabel(t.definition.colorOf("A")).selectOption("green");
  await page.getByRole("button", { name: t.common.save, exact: true }).click();
  await tab.settled();
  const fields = (await api.ok("GET", `/api/metadata/entities/${id}`)).fields;
  const state = fields.find(({ name }) => name === "estado");
  assert.deepEqual(
    [state.description, state.choice_labels, state.choice_colors],
    ["En qué va la campaña", { A: "Activa" }, { A: "green" }],
  );
  await tab.goto(`/tables/${id}`);
  await tab.settled();
  const chip = page.locator(".choice-chip.choice-green", { hasText: "Activa" });
  await chip.waitFor();
  await page.getByRole("link", { name: t.records.openRecord("Junio") }).click();
  await tab.settled();
  await page.getByLabel("Estado").selectOption({ label: "Activa" });
  await page.getByRole("button", { name: t.records.save, exact: true }).click();
  await tab.settled();
  const { items } = await api.ok("GET", `/api/entities/${id}/records`);
  assert.deepEqual(items.map(({ data }) => data.estado), ["A", "A"]);
  await tab.goto(`/tables/${id}?filter[estado][eq]=A`);
  await tab.settled();
  await page.getByText(`Estado ${t.records.operators.eq} Activa`).first().waitFor();
});
