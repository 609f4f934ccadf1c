import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Job } from "../../api/jobs";
import type { RetypeTrial, Table, TableField } from "../../api/tables";
import { send } from "../../api/transport";
import { forgetDrafts } from "../../session/drafts";
import { RetypeField } from "./RetypeField";
import { RetypeProgress } from "./RetypeProgress";
import { TestPage } from "../../testing/testPage";

vi.mock("../../api/transport");
vi.mock("../../session/session", () => ({ session: { token: async () => "t", zone: () => "America/Lima" } }));

const FIELD = { id: "gasto", name: "gasto", display_name: "Gasto", field_type: "TEXT", unique: false } as TableField;
const TABLE = {
  id: "00000000-0000-7000-8000-000000000001",
  display_name: "Campañas",
  fields: [{ ...FIELD, id: "nombre", name: "nombre", display_name: "Nombre" }, FIELD],
} as Table;
const RECORD = "00000000-0000-7000-8000-000000000009";
const SOUND: RetypeTrial = { convertible: 812, total: 812, failing: [] };
const FAULTY: RetypeTrial = {
  convertible: 811,
  total: 812,
  failing: [{ record: RECORD, value: "1,5", error: "wrong_type", reason: "Debe ser un número." }],
};
const job = (state: Job["state"], part: Partial<Job> = {}) =>
  ({ id: "j", kind: "retype_field", state, progress: { done: 1, total: 4 }, error: null, ...part }) as Job;

let page: TestPage;
let asked: [path: string, body: unknown][];
let trial: RetypeTrial;
let answer: { status: number; body: object };
let isClosed: boolean;

beforeEach(() => {
  [asked, trial, answer, isClosed] = [[], SOUND, { status: 200, body: { ...FIELD, field_type: "NUMBER" } }, false];
  forgetDrafts();
  page = new TestPage();
  vi.mocked(send).mockImplementation(async (request) => {
    const { pathname, search } = new URL(request.url);
    if (request.method === "GET") return Response.json({ id: RECORD, data: { nombre: "Verano" } });
    asked.push([pathname.split("/").slice(-2).join("/") + search, await request.json()]);
    return search ? Response.json(trial) : Response.json(answer.body, { status: answer.status });
  });
});
afterEach(() => page.leave());

const opened = () =>
  page.show(
    <>
      <RetypeProgress field={FIELD} />
      <RetypeField table={TABLE} field={FIELD} onClose={() => (isClosed = true)} />
    </>,
  );
const NUMBER = { field_type: "NUMBER", unique: false };

test("what would happen is told first, and nothing is changed before it is confirmed", async () => {
  await opened();
  await page.press("Ver qué pasaría");
  expect(asked).toEqual([["gasto/retype?dry_run=true", NUMBER]]);
  expect(page.text).toContain("Los 812 valores se pueden convertir.");
  expect(page.text).toContain("quedan 30 días en la papelera");
  await page.press("Cambiar el tipo");
  expect(asked.at(-1)).toEqual(["gasto/retype", NUMBER]);
  expect(isClosed).toBe(true);
  expect(page.text).toContain("Gasto: ahora guarda número");
});

test("values that cannot be converted are told with the reason and the way to their records", async () => {
  trial = FAULTY;
  await opened();
  await page.press("Ver qué pasaría");
  expect(page.text).toContain("Se pueden convertir 811 de 812 valores.");
  expect(page.text).toContain("Verano: 1,5. Debe ser un número.");
  expect(page.box.querySelector("li a")?.getAttribute("href")).toBe(`/tables/${TABLE.id}/records/${RECORD}`);
  trial = SOUND;
  await page.press("Volver a probar");
  expect(page.button("Cambiar el tipo").disabled).toBe(false);
});

test("another choice is tried out anew", async () => {
  await opened();
  await page.press("Ver qué pasaría");
  await page.choose("Guardará", "DATE");
  expect(page.text).not.toContain("se pueden convertir");
  await page.press("Ver qué pasaría");
  expect(asked.at(-1)).toEqual(["gasto/retype?dry_run=true", { field_type: "DATE", unique: false }]);
});

test("what was written after the trial is told as the stricter rules of a field are", async () => {
  const errors = [{ field: `records.${RECORD}`, code: "wrong_type", message: "Debe ser un número." }];
  answer = { status: 409, body: { detail: "No se puede: 1.", error_code: "RECORDS_BREAK_RULE", errors } };
  await opened();
  await page.press("Ver qué pasaría");
  await page.press("Cambiar el tipo");
  expect(page.box.querySelector("dialog [role=alert]")?.textContent).toContain("Verano: Debe ser un número.");
  expect(isClosed).toBe(false);
});

test("of a large table the job is followed on its field, and can be cancelled", async () => {
  answer = { status: 202, body: job("running") };
  await opened();
  await page.press("Ver qué pasaría");
  await page.press("Cambiar el tipo");
  expect(isClosed).toBe(true);
  expect(page.text).toContain("Cambiando el tipo · 25");
  expect(page.box.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("25");
  expect(page.button("Cancelar el cambio").disabled).toBe(false);
});

test("a job that failed says why, until it is closed", async () => {
  const error = { error_code: "RECORDS_BREAK_RULE", detail: "Un valor no se puede convertir." } as const;
  answer = { status: 202, body: job("failed", { error }) };
  await opened();
  await page.press("Ver qué pasaría");
  await page.press("Cambiar el tipo");
  expect(page.text).toContain("El tipo no cambió");
  expect(page.text).toContain("Un valor no se puede convertir.");
  await page.press("Cerrar");
  expect(page.text).not.toContain("El tipo no cambió");
});
