// What an administrator rules of a table: the type of a field, who may do what, and which values may repeat together.
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

const tableCalled = async (name) =>
  (await api.ok("GET", "/api/entities")).find(
    (table) => table.display_name === name,
  );
const recordsOf = async (id) =>
  (await api.ok("GET", `/api/entities/${id}/records`)).items;
const dialog = (tab, name) => tab.page.getByRole("dialog", { name });

async function signedIn(who, path) {
  const context = await openProfile(browser, program);
  const tab = await Tab.open(context, program);
  await tab.goto(path);
  await tab.signIn(who);
  return tab;
}

test("a field gets another type once all its values can be converted", async () => {
  const { id } = await define(api, {
    name: "pagos",
    display_name: "Pagos",
    fields: [
      { name: "nombre", display_name: "Nombre", field_type: "TEXT" },
      { name: "monto", display_name: "Monto", field_type: "TEXT" },
    ],
    records: [
      { nombre: "Enero", monto: "9" },
      { nombre: "Febrero", monto: "1,5" },
    ],
  });
  const tab = await signedIn(PEOPLE.admin, `/tables/${id}/definition`);
  const { page } = tab;
  const form = dialog(tab, t.retype.title("Monto"));
  const button = (name) => form.getByRole("button", { name, exact: true });
  const type = async () =>
    (await tableCalled("Pagos")).fields.find(({ name }) => name === "monto")
      .field_type;
  const open = async () => {
    await page
      .getByRole("button", { name: t.definition.change("Monto"), exact: true })
      .click();
    await page
      .getByRole("button", { name: t.retype.open, exact: true })
      .click();
  };
  await open();
  await form.getByLabel(t.retype.type, { exact: true }).selectOption("NUMBER");
  await button(t.retype.tryIt).click();
  await form.getByText(t.retype.someFit("1", "2")).waitFor();
  await form.getByText("1,5", { exact: true }).waitFor();
  await form.getByRole("link", { name: "Febrero", exact: true }).click();
  await tab.settled();
  await page.getByLabel("Monto", { exact: true }).fill("1.5");
  await page.getByRole("button", { name: t.records.save, exact: true }).click();
  await tab.settled();
  await page.goBack();
  await tab.settled();
  await open();
  assert.equal(
    await form.getByLabel(t.retype.type, { exact: true }).inputValue(),
    "NUMBER",
    "the choice is kept",
  );
  await button(t.retype.tryIt).click();
  await form.getByText(t.retype.allFit("2", false)).waitFor();
  assert.equal(
    await type(),
    "TEXT",
    "nothing is changed before it is confirmed",
  );
  await button(t.retype.confirm).click();
  await form.waitFor({ state: "detached" });
  await tab.settled();
  assert.equal(await type(), "NUMBER");
  await page.getByRole("heading", { name: t.definition.trashFields }).waitFor();
  await tab.assertNoFaults();
  await page.context().close();
});

test("an administrator narrows what others may do with a table, and what may repeat", async () => {
  const { id } = await define(api, {
    name: "turnos",
    display_name: "Turnos",
    fields: [
      { name: "ciudad", display_name: "Ciudad", field_type: "TEXT" },
      { name: "dia", display_name: "Día", field_type: "DATE" },
    ],
    records: [
      { ciudad: "Lima", dia: "2026-05-03" },
      { ciudad: "Lima", dia: "2026-05-03" },
    ],
  });
  const tab = await signedIn(PEOPLE.admin, `/tables/${id}/definition`);
  tab.expected.add(/^\/api\/metadata\//);
  const { page } = tab;
  const now = () => tableCalled("Turnos");
  const users = page.getByRole("group", { name: t.tableAccess.users });
  await users.getByLabel(t.tableAccess.userLevels.read.name).check();
  await tab.settled();
  await page.getByLabel(t.bothAtOnce.label).check();
  await tab.settled();
  assert.deepEqual(
    [(await now()).access, (await now()).require_if_match],
    [{ user: "read", viewer: "read" }, true],
  );

  await page.getByRole("button", { name: t.uniqueSets.add }).click();
  const form = dialog(tab, t.uniqueSets.add);
  const add = form.getByRole("button", {
    name: t.uniqueSets.addDo,
    exact: true,
  });
  await form.getByLabel("Ciudad").check();
  assert.ok(await add.isDisabled(), "one field is no combination");
  await form.getByLabel("Día").check();
  await add.click();
  await form
    .getByRole("alert")
    .getByRole("link", { name: "Lima", exact: true })
    .first()
    .click();
  await tab.settled();
  // The page says which state of the record it saw: the table asks for that now.
  await page
    .getByRole("button", { name: t.records.delete, exact: true })
    .click();
  await tab.settled();
  assert.equal((await recordsOf(id)).length, 1);
  await page.getByRole("link", { name: t.records.define, exact: true }).click();
  await tab.settled();
  await page.getByRole("button", { name: t.uniqueSets.add }).click();
  assert.ok(await form.getByLabel("Día").isChecked(), "the choice is kept");
  await add.click();
  await form.waitFor({ state: "detached" });
  await tab.settled();
  assert.deepEqual((await now()).unique_together, [["ciudad", "dia"]]);

  const reader = await signedIn(PEOPLE.user, `/tables/${id}`);
  await reader.page.getByText("Lima", { exact: true }).waitFor();
  assert.equal(
    await reader.page.getByRole("button", { name: t.records.add }).count(),
    0,
  );
  for (const one of [tab, reader]) {
    await one.assertNoFaults();
    await one.page.context().close();
  }
});
