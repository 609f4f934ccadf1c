import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Table, TableField } from "../../api/tables";
import { send } from "../../api/transport";
import { forgetDrafts } from "../../session/drafts";
import { AccessCard } from "./AccessCard";
import { BothAtOnceCard } from "./BothAtOnceCard";
import { TestPage } from "../../testing/testPage";
import { UniqueSetsCard } from "./UniqueSetsCard";

vi.mock("../../api/transport");
vi.mock("../../session/session", () => ({ session: { token: async () => "t" } }));

const field = (name: string, display_name: string) =>
  ({ id: name, name, display_name, field_type: "TEXT" }) as TableField;
const TABLE = {
  id: "00000000-0000-7000-8000-000000000001",
  display_name: "Campañas",
  access: { user: "write", viewer: "read" },
  require_if_match: false,
  unique_together: [["ciudad", "dia"]],
  fields: [field("ciudad", "Ciudad"), field("dia", "Día"), field("canal", "Canal")],
} as Table;
const BROKEN = "00000000-0000-7000-8000-000000000009";

let page: TestPage;
let asked: unknown[];
let refusal: { status: number; body: object } | null;

beforeEach(() => {
  [asked, refusal] = [[], null];
  forgetDrafts();
  page = new TestPage();
  vi.mocked(send).mockImplementation(async (request) => {
    if (request.url.includes("/records/")) return Response.json({ id: BROKEN, data: { ciudad: "Lima" } });
    if (request.method === "GET") return Response.json(TABLE);
    asked.push(await request.json());
    return refusal ? Response.json(refusal.body, { status: refusal.status }) : Response.json(TABLE);
  });
});
afterEach(() => page.leave());

test("what a role may is stored when it is chosen, and only that role's", async () => {
  await page.show(<AccessCard table={TABLE} />);
  const users = page.group("Los usuarios pueden");
  expect(page.labelled("Ver y cambiar todo", users).checked).toBe(true);
  await page.tick("Solo lo suyo", users);
  await page.tick("Nada", page.group("Los lectores pueden"));
  expect(asked).toEqual([{ access: { user: "own" } }, { access: { viewer: "none" } }]);
  expect(page.text).toContain("Guardado");
});

test("a choice that is refused says why, and what there was is shown again", async () => {
  refusal = { status: 403, body: { detail: "Su rol no permite esta operación.", error_code: "ROLE_FORBIDDEN" } };
  await page.show(<AccessCard table={TABLE} />);
  await page.tick("Nada", page.group("Los usuarios pueden"));
  expect(page.text).toContain("Su rol no permite esta operación.");
  expect(page.text).not.toContain("Guardado");
  expect(page.labelled("Ver y cambiar todo").checked).toBe(true);
});

test("that nobody overwrites another is switched on by one tick", async () => {
  await page.show(<BothAtOnceCard table={TABLE} />);
  await page.tick("Impedir que dos personas se pisen los cambios");
  expect(asked).toEqual([{ require_if_match: true }]);
  expect(page.text).toContain("Guardado");
});

test("a set takes two fields, is added to those there are, and is taken away alone", async () => {
  await page.show(<UniqueSetsCard table={TABLE} />);
  await page.press("Agregar combinación");
  const dialog = page.box.querySelector("dialog") as HTMLElement;
  await page.tick("Día", dialog);
  expect(page.button("Agregar").disabled).toBe(true);
  await page.tick("Ciudad", dialog);
  expect(dialog.textContent).toContain("Esa combinación ya está.");
  expect(page.button("Agregar").disabled).toBe(true);
  await page.tick("Ciudad", dialog);
  await page.tick("Canal", dialog);
  await page.press("Agregar");
  await page.press("Quitar Ciudad + Día");
  expect(asked).toEqual([
    {
      unique_together: [
        ["ciudad", "dia"],
        ["dia", "canal"],
      ],
    },
    { unique_together: [] },
  ]);
});

test("records that have the same values are named, and the choice stays", async () => {
  const errors = [{ field: `records.${BROKEN}`, code: "repeated", message: "Está repetido." }];
  refusal = { status: 409, body: { detail: "No la cumplen: 1.", error_code: "RECORDS_BREAK_RULE", errors } };
  await page.show(<UniqueSetsCard table={TABLE} />);
  await page.press("Agregar combinación");
  const dialog = page.box.querySelector("dialog") as HTMLElement;
  await page.tick("Día", dialog);
  await page.tick("Canal", dialog);
  await page.press("Agregar");
  expect(dialog.querySelector("[role=alert]")?.textContent).toContain("No la cumplen: 1.");
  const link = dialog.querySelector("a");
  expect([link?.textContent, link?.getAttribute("href")]).toEqual(["Lima", `/tables/${TABLE.id}/records/${BROKEN}`]);
  expect(page.labelled("Canal", dialog).checked).toBe(true);
});
