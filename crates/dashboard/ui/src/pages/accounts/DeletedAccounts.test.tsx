import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { send } from "../../api/transport";
import { TestPage } from "../../testing/testPage";
import { DeletedAccounts } from "./DeletedAccounts";
import { EditAccount } from "./EditAccount";

vi.mock("../../api/transport");
vi.mock("../../session/session", () => ({ session: { token: async () => "t" } }));

const ACCOUNT = { cuenta: "trash", nombre: "Banco", plataforma: "twitter", zona_horaria: null };
const DELETED = { ...ACCOUNT, fecha_registro: "2026-01-01T00:00:00Z", fecha_eliminacion: "2026-11-20T17:00:00Z" };

let page: TestPage;
let asked: string[];
let answer: () => Response;
let deleted: object[];
let isClosed: boolean;

beforeEach(() => {
  [asked, deleted, isClosed] = [[], [], false];
  answer = () => new Response(null, { status: 204 });
  page = new TestPage();
  vi.mocked(send).mockImplementation(async ({ method, url, headers }) => {
    const path = decodeURIComponent(new URL(url).pathname);
    if (path === "/accounts/trash") return Response.json({ accounts: deleted });
    if (method === "GET") return Response.json(ACCOUNT, { headers: { etag: `"${asked.length}"` } });
    asked.push([method, path, headers.get("if-match")].filter(Boolean).join(" "));
    return answer();
  });
});
afterEach(() => page.leave());

const edit = () => page.show(<EditAccount handle="trash" onClose={() => (isClosed = true)} />);

test("an account is deleted as it was read, after it was told what goes and for how long it comes back", async () => {
  await edit();
  await page.press("Eliminar la cuenta");
  expect(page.text).toContain("sus lecturas, sus modelos y sus pronósticos");
  expect(page.text).toContain("Durante 30 días puede restaurarla");
  expect(page.text).toContain("no se puede agregar otra con el mismo nombre");
  expect(asked).toEqual([]);
  await page.press("Eliminar");
  // Its name is that of the list of deleted ones, so that the path has an @.
  expect(asked).toEqual(['DELETE /accounts/@trash "0"']);
  expect([isClosed, page.text.includes("trash está eliminada")]).toEqual([true, true]);
});

test("one that somebody changed meanwhile is shown again and not deleted", async () => {
  answer = () => Response.json({ error_code: "PRECONDITION_FAILED" }, { status: 412 });
  await edit();
  await page.press("Eliminar la cuenta");
  await page.press("Eliminar");
  expect([isClosed, page.text.includes("Alguien cambió esta cuenta mientras tanto")]).toEqual([false, true]);
  expect(page.labelled("Nombre para mostrar").value).toBe("Banco");
});

test("nothing is shown while nothing was deleted", async () => {
  await page.show(<DeletedAccounts />);
  expect(page.text).toBe("");
});

test("deleted accounts tell until when they come back, and are restored", async () => {
  deleted = [DELETED];
  answer = () => Response.json(ACCOUNT);
  await page.show(<DeletedAccounts />);
  expect(page.text).toContain("Banco");
  expect(page.text).toContain("se borra para siempre el 20 dic 2026");
  await page.press("Restaurar trash");
  expect(asked).toEqual(["POST /accounts/@trash/restore"]);
  expect(page.text).toContain("trash está otra vez entre las cuentas");
});

test("a refusal is told in the server's words", async () => {
  deleted = [DELETED];
  answer = () => Response.json({ error_code: "NOT_FOUND", detail: "Ya no se puede restaurar." }, { status: 404 });
  await page.show(<DeletedAccounts />);
  await page.press("Restaurar trash");
  expect(page.box.querySelector("[role=alert]")?.textContent).toBe("Ya no se puede restaurar.");
});
