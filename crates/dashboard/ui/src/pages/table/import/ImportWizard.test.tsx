import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { ImportAnswer } from "../../../api/imports";
import { Problem, Unreachable } from "../../../api/problem";
import type { Table } from "../../../api/tables";
import { postTold, type Sending } from "../../../api/told";
import { send } from "../../../api/transport";
import { saveFile } from "../../../charts/save";
import { ToastProvider } from "../../../components/Toast";
import { TextProvider } from "../../../i18n/text";
import { forgetDrafts, leaveDraft } from "../../../session/drafts";
import { sourceOfFile, type Source } from "../../data/upload/source";
import { chosenKey, chosenOf } from "./chosen";
import { ImportWizard } from "./ImportWizard";

vi.mock("../../../api/told");
vi.mock("../../../api/transport");
vi.mock("../../../charts/save", async (original) => ({ ...(await original<object>()), saveFile: vi.fn() }));
vi.mock("../../../api/client", () => ({
  authorized: (sendWith: (token: string) => unknown) => sendWith("t"),
}));

const field = (name: string, display_name: string, unique = false) => ({ id: name, name, display_name, unique });
const TABLE = {
  id: "00000000-0000-7000-8000-000000000001",
  display_name: "Campañas",
  fields: [field("código", "Código", true), field("gasto", "Gasto"), field("inicio", "Inicio")],
} as Table;
const PATH = `/api/entities/${TABLE.id}/records:import`;

const SOUND: ImportAnswer = {
  dry_run: true,
  accepted: true,
  detected: { encoding: "windows-1252", delimiter: "\t", decimal: ",", date_order: null },
  needs: null,
  columns: [
    { name: "Código", field: "código" },
    { name: "Gasto S/", field: null },
  ],
  total: 3,
  created: 1,
  changed: 1,
  unchanged: 1,
  skipped: 0,
  errors: [],
  errors_total: 0,
};
const FAULTY: ImportAnswer = {
  ...SOUND,
  unchanged: 0,
  skipped: 1,
  errors: [{ line: 4, column: "Gasto S/", value: "x", error: "wrong_type", message: "No es un número." }],
  errors_total: 1,
};
const OPEN: ImportAnswer = {
  ...SOUND,
  accepted: false,
  needs: { choice: "date_order", column: "Inicio", options: ["dd/mm/yyyy", "mm/dd/yyyy"] },
  total: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
};

let root: Root;
let client: QueryClient;
let box: HTMLElement;
let sent: Sending[] = [];
let trial: ImportAnswer = SOUND;
let storing: () => Promise<ImportAnswer> = async () => ({ ...SOUND, dry_run: false });

const turn = () => act(() => new Promise((resolve) => setTimeout(resolve, 10)));
/** Until the words are there, and nothing is read or written any more. */
const settle = async () => {
  await turn();
  await vi.waitFor(
    async () => {
      await turn();
      expect([box.querySelector("h1") !== null, client.isFetching(), client.isMutating()]).toEqual([true, 0, 0]);
    },
    { timeout: 4_000 },
  );
};
const button = (text: string) =>
  [...box.querySelectorAll("button")].find((one) => one.textContent?.includes(text)) as HTMLButtonElement;
const press = async (target: HTMLElement) => {
  act(() => target.click());
  await settle();
};
const select = (label: string) => {
  const found = [...box.querySelectorAll("label")].find((one) => one.textContent === label);
  return box.querySelector(`[id="${found?.htmlFor}"]`) as HTMLSelectElement;
};
const choose = async (label: string, value: string) => {
  const target = select(label);
  target.value = value;
  act(() => void target.dispatchEvent(new Event("change", { bubbles: true })));
  await settle();
};
const asked = (at: number) => {
  const [path, query] = sent.at(at)?.path.split("?") ?? [];
  expect(path).toBe(PATH);
  return Object.fromEntries(new URLSearchParams(query));
};

async function review() {
  const source = (await sourceOfFile(new File(["Código\tGasto S/\nA\t1\n"], "campañas.csv"))) as Source;
  leaveDraft(chosenKey(TABLE.id), chosenOf(source));
  history.replaceState(null, "", "/?step=review");
  root = createRoot(box);
  client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } });
  act(() =>
    root.render(
      <QueryClientProvider client={client}>
        <TextProvider>
          <ToastProvider>
            <ImportWizard table={TABLE} />
          </ToastProvider>
        </TextProvider>
      </QueryClientProvider>,
    ),
  );
  await settle();
}

beforeAll(() => import("../../../i18n/es"));
beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  vi.stubGlobal("scrollTo", () => undefined);
  // Nothing is laid out here: rows would have no height.
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 800, 40));
  document.documentElement.lang = "es";
  box = document.body.appendChild(document.createElement("div"));
  sent = [];
  trial = SOUND;
  storing = async () => ({ ...SOUND, dry_run: false });
  vi.mocked(postTold).mockImplementation(async (sending: Sending) => {
    sent.push(sending);
    return sending.path.includes("dry_run") ? trial : await storing();
  });
});
afterEach(() => {
  act(() => root.unmount());
  box.remove();
  forgetDrafts();
  vi.clearAllMocks();
});

it("tries a file out at once, tells how it was read, and imports it all or nothing", async () => {
  await review();
  expect(asked(0)).toEqual({ dry_run: "true", mode: "skip_invalid" });
  expect(select("Codificación").value).toBe("windows-1252");
  expect(select("Separador de columnas").value).toBe("tab");
  expect(select("Fechas")).toBeNull();
  await press(button("Guardar 2 filas"));
  expect(asked(1)).toEqual({});
  expect(box.querySelector("h2")?.textContent).toBe("2 filas guardadas");
  expect(box.querySelector(`a.btn-primary`)?.getAttribute("href")).toBe(`/tables/${TABLE.id}`);
});

it("asks what the file leaves open, and tries it out with the answer", async () => {
  trial = OPEN;
  await review();
  expect(box.textContent).toContain("¿Cómo vienen las fechas de la columna «Inicio»?");
  expect(button("Guardar")).toBeUndefined();
  trial = SOUND;
  await press(box.querySelector("input[type=radio][value='mm/dd/yyyy']") as HTMLElement);
  expect(asked(1)).toEqual({ dry_run: "true", mode: "skip_invalid", date_order: "mm/dd/yyyy" });
  expect(box.querySelector("input[type=radio]")).toBeNull();
  await press(button("Guardar 2 filas"));
  expect(asked(2)).toEqual({ date_order: "mm/dd/yyyy" });
});

it("reads columns as they are told, and finds records by a unique field", async () => {
  await review();
  await choose("Campo de la columna «Gasto S/»", "gasto");
  expect(asked(1)).toMatchObject({ "map[Gasto S/]": "gasto" });
  await choose("Qué hace cada fila", "código");
  expect(asked(2)).toMatchObject({ "map[Gasto S/]": "gasto", upsert_key: "código" });
  await press(button("Guardar 2 filas"));
  expect(asked(3)).toEqual({ "map[Gasto S/]": "gasto", upsert_key: "código" });
});

it("imports nothing with a bad row until somebody agrees to leave it out", async () => {
  trial = FAULTY;
  await review();
  const cells = [...box.querySelectorAll("tbody td")].map((cell) => cell.textContent);
  // The value is there twice: one of both is seen, by the width of the window.
  expect(cells).toEqual(["4", "Gasto S/x", "x", "No es un número."]);
  expect(button("Guardar 2 filas").disabled).toBe(true);
  await press(box.querySelector("input[type=checkbox]") as HTMLElement);
  await press(button("Guardar 2 filas"));
  expect(asked(1)).toEqual({ mode: "skip_invalid" });
});

it("gives the errors as the table that the API writes, read in the same way", async () => {
  trial = FAULTY;
  vi.mocked(send).mockResolvedValue(new Response("line,column\n4,Gasto\n"));
  await review();
  await choose("Separador de decimales", ".");
  await press(button("Descargar"));
  const request = vi.mocked(send).mock.calls[0]?.[0];
  expect(request?.headers.get("Accept")).toBe("text/csv");
  expect(new URL(request?.url ?? "").search).toBe("?dry_run=true&mode=skip_invalid&decimal=.");
  expect(vi.mocked(saveFile).mock.calls[0]?.[1]).toBe("errores-Campañas.csv");
});

it("shows the first errors, more of them on demand, and says where all are", async () => {
  const [error] = FAULTY.errors;
  const errors = Array.from({ length: 1000 }, (_, at) => ({ ...(error as ImportAnswer["errors"][0]), line: at + 2 }));
  trial = { ...FAULTY, errors, errors_total: 2500 };
  await review();
  expect(box.textContent).toContain("Aquí se ven los primeros 1,000; el archivo que descargue tiene los 2,500.");
  expect(box.querySelectorAll("tbody tr").length).toBe(20);
  await press(button("Ver más"));
  expect(box.querySelectorAll("tbody tr").length).toBe(120);
});

it("says what to do where no column has the name of a field", async () => {
  trial = { ...SOUND, accepted: false, total: 0, columns: [{ name: "x", field: null }] };
  await review();
  expect(box.querySelector("[role=alert]")?.textContent).toContain("Diga a qué campo va cada una.");
});

it("repeats an attempt that was cut off with the same key, so that it is done once", async () => {
  storing = () => Promise.reject(new Unreachable());
  await review();
  await press(button("Guardar 2 filas"));
  expect(box.textContent).toContain("nada se guarda dos veces");
  await press(button("Guardar 2 filas"));
  const keys = sent.slice(1).map(({ headers }) => headers?.["Idempotency-Key"]);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

it("tries a file out once more where an import was refused, and says why it was", async () => {
  const body = { detail: "Los datos no cumplen las reglas.", error_code: "VALIDATION_FAILED" } as const;
  storing = () => Promise.reject(new Problem(new Response(null, { status: 422 }), body));
  await review();
  trial = FAULTY;
  await press(button("Guardar 2 filas"));
  expect(asked(2)).toMatchObject({ dry_run: "true" });
  expect(box.textContent).toContain("Los datos no cumplen las reglas.");
  expect(box.textContent).toContain("No es un número.");
  expect(sent[1]?.headers?.["Idempotency-Key"]).toBeDefined();
});

it("offers to read a file as it is found where it cannot be read as told", async () => {
  await review();
  vi.mocked(postTold).mockImplementationOnce(async (sending) => {
    sent.push(sending);
    throw new Problem(new Response(null, { status: 422 }), { detail: "No hay esa columna." });
  });
  await choose("Campo de la columna «Gasto S/»", "gasto");
  expect(box.textContent).toContain("No hay esa columna.");
  await press(button("Leerlo otra vez como se detecte"));
  expect(asked(-1)).toEqual({ dry_run: "true", mode: "skip_invalid" });
  expect(box.textContent).toContain("campañas.csv");
});
