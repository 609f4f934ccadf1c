import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Person } from "../../api/people";
import { send } from "../../api/transport";
import { TestPage } from "../../testing/testPage";
import { DeletedPeople } from "./DeletedPeople";
import { PersonAccess } from "./PersonAccess";

vi.mock("../../api/transport");
vi.mock("../../session/session", () => ({ session: { token: async () => "t" } }));
vi.mock("../../session/useSession", () => ({ useWho: () => ({ username: "ana", rol: "admin" }) }));

const ROSA: Person = {
  ...{ id_usuario: 7, username: "rosa", empresa_id: 1, rol: "admin", activo: true, must_change_password: false },
  ...{ email: "rosa@banco.example", cuentas: [] },
  ...{ fecha_creacion: "2026-01-01T00:00:00Z", ultimo_acceso: null },
};

let page: TestPage;
let asked: string[];
let answer: () => Response;

beforeEach(() => {
  asked = [];
  answer = () => new Response(null, { status: 204 });
  history.replaceState(null, "", "/people/7");
  page = new TestPage();
  vi.mocked(send).mockImplementation(async ({ method, url, headers }) => {
    const { pathname } = new URL(url);
    if (pathname === "/auth/users/trash") {
      const deleted = { ...ROSA, fecha_eliminacion: "2026-11-20T17:00:00Z" };
      return Response.json({ users: [deleted, { ...deleted, id_usuario: 8, username: "luz", activo: false }] });
    }
    if (method === "GET") return Response.json(ROSA, { headers: { etag: '"1"' } });
    asked.push([method, pathname, headers.get("if-match")].filter(Boolean).join(" "));
    return answer();
  });
});
afterEach(() => page.leave());

const hasButton = (name: string) => [...page.box.querySelectorAll("button")].some((one) => one.textContent === name);

test("a person is deleted as they were shown, after it was told what goes and for how long they come back", async () => {
  await page.show(<PersonAccess person={ROSA} />);
  await page.press("Eliminar a la persona");
  expect(page.text).toContain("sus sesiones se cierran de inmediato");
  expect(page.text).toContain("Durante 30 días puede restaurarla con su rol");
  expect(page.text).toContain("nadie más puede tener ese usuario");
  await page.press("Eliminar");
  expect(asked).toEqual(['DELETE /auth/users/7 "1"']);
  expect([location.pathname, page.text.includes("rosa está entre las personas eliminadas")]).toEqual(["/people", true]);
});

test("that somebody is the last administrator is told in the server's words", async () => {
  answer = () => Response.json({ error_code: "LAST_ADMIN", detail: "Es el último administrador." }, { status: 409 });
  await page.show(<PersonAccess person={ROSA} />);
  await page.press("Eliminar a la persona");
  await page.press("Eliminar");
  expect(page.box.querySelector("dialog [role=alert]")?.textContent).toBe("Es el último administrador.");
  expect(location.pathname).toBe("/people/7");
});

test("nobody is offered to delete themselves", async () => {
  await page.show(<PersonAccess person={{ ...ROSA, username: "ana" }} />);
  expect(hasButton("Eliminar a la persona")).toBe(false);
});

test("deleted people tell until when they come back, and are restored with the access that they had", async () => {
  answer = () => Response.json(ROSA);
  await page.show(<DeletedPeople />);
  expect(page.text).toContain("Administrador · rosa@banco.example");
  expect(page.text).toContain("se borra para siempre el 20 dic 2026");
  await page.press("Restaurar rosa");
  await page.press("Restaurar luz");
  expect(asked).toEqual(["POST /auth/users/7/restore", "POST /auth/users/8/restore"]);
  expect(page.text).toContain("rosa puede entrar otra vez");
  expect(page.text).toContain("luz está otra vez en la lista, sin acceso");
});
