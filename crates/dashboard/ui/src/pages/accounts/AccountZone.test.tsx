import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lastDataDay, type OverviewRow } from "../../api/overview";
import { send } from "../../api/transport";
import { DateField } from "../../components/DateField";
import { useFormat } from "../../format/useFormat";
import { ZoneContext } from "../../session/zone";
import { TestPage } from "../../testing/testPage";
import Data from "../data/Data";
import { AccountZone } from "./AccountZone";

vi.mock("../../api/transport");
vi.mock("../../session/session", () => ({ session: { token: async () => "t" } }));
vi.mock("../../session/useSession", () => ({ useWho: () => ({ rol: "admin" }) }));
vi.mock("../../shell/useHandle", () => ({ useHandle: () => "banco_es" }));

const ACCOUNT = { cuenta: "banco_es", nombre: "Banco", plataforma: null, fecha_registro: "2026-01-01T00:00:00Z" };
/** Four in the afternoon in Lima, and half past midnight of the next day in Madrid. */
const MOMENT = "2026-11-27T23:30:00Z";

let page: TestPage;
let zone: string | null;
let asked: string[];
let isThere: boolean;

beforeEach(() => {
  [zone, asked, isThere] = ["Europe/Madrid", [], true];
  page = new TestPage();
  vi.mocked(send).mockImplementation(async ({ method, url, headers }) => {
    const { pathname, searchParams } = new URL(url);
    const path = decodeURIComponent(pathname).replace(/\/accounts\/@?banco_es/, "");
    if (!isThere) return Response.json({ detail: "Esa cuenta no existe." }, { status: 404 });
    if (path === "") return Response.json({ ...ACCOUNT, zona_horaria: zone });
    if (path === "/daily") return Response.json({ data_until: MOMENT, days: [] });
    asked.push(`${method} ${searchParams.get("from")}..${searchParams.get("to")}`);
    if (method === "DELETE") return Response.json({ deleted: 1 });
    if (headers.get("accept") === "text/csv") return new Response("hora,seguidores\n2026-11-27T23:30:00Z,5\n");
    const reading = { hora: MOMENT, seguidores: 5, tweets: null, siguiendo: null };
    return Response.json({ observations: [reading], next_cursor: null });
  });
});
afterEach(() => {
  page.leave();
});

function Days() {
  const format = useFormat();
  return (
    <>
      <output>{`${format.dataDay(MOMENT)}, ${format.dayOf(MOMENT)}`}</output>
      <DateField label="Día" value="" onChange={() => undefined} />
    </>
  );
}

const inLima = (content: React.ReactNode) => page.show(<ZoneContext value="America/Lima">{content}</ZoneContext>);

test("an account's data are told by the days of its own zone, what somebody did by those of the company", async () => {
  await inLima(
    <AccountZone handle="banco_es" head={<h1>Modelo</h1>}>
      <Days />
    </AccountZone>,
  );
  expect(page.box.querySelector("output")?.textContent).toBe("28 nov 2026, 27 nov 2026");
});

test("an account without a zone of its own has the days of its company", async () => {
  zone = null;
  await inLima(
    <AccountZone handle="banco_es" head={<h1>Modelo</h1>}>
      <Days />
    </AccountZone>,
  );
  expect(page.box.querySelector("output")?.textContent).toBe("27 nov 2026, 27 nov 2026");
});

test("nothing is told of days while nobody knows whose they are, and the top of the screen says where one is", async () => {
  isThere = false;
  await inLima(
    <AccountZone handle="banco_es" head={<h1>Modelo</h1>}>
      <Days />
    </AccountZone>,
  );
  expect(page.box.querySelector("h1")?.textContent).toBe("Modelo");
  expect(page.box.querySelector("[role=alert]")?.textContent).toContain("Esa cuenta no existe.");
  expect(page.box.querySelector("output")).toBeNull();
});

test("readings are listed, chosen and deleted by the account's own days", async () => {
  history.replaceState(null, "", "/?view=readings&month=2026-11");
  await inLima(<Data />);
  await page.settled();
  expect(page.box.querySelector("tbody")?.textContent).toContain("28 nov 2026");
  expect(asked).toContain("GET 2026-11-01..2026-11-30");

  await page.press("Eliminar un periodo");
  expect(page.text).toContain("hora de Madrid");
  await page.type("Desde el", "28/11/2026");
  await page.type("Hasta el", "28/11/2026");
  await page.press("Continuar");
  expect(page.text).toContain("Se eliminará 1 lectura. Del 28 nov 2026 al 28 nov 2026.");
  expect(page.text).toContain("hora de Madrid");
  await page.type("Para confirmar", "banco_es");
  await page.press("Eliminar 1 lectura");
  expect(asked).toContain("DELETE 2026-11-28..2026-11-28");
});

test("a list of accounts tells the day that each account's own clocks cut", () => {
  const row = (days: string[]) => ({ sparkline: days.map((fecha) => ({ fecha, seguidores: 1 })) }) as OverviewRow;
  expect(lastDataDay(row(["2026-11-27", "2026-11-28"]), MOMENT, "America/Lima")).toBe("2026-11-28");
  expect(lastDataDay(row([]), MOMENT, "America/Lima")).toBe("2026-11-27");
});
