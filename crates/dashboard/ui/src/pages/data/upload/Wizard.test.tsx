import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Stored, Trial } from "../../../api/observations";
import { Unreachable } from "../../../api/problem";
import { postTold, type Sending } from "../../../api/told";
import { ToastProvider } from "../../../components/Toast";
import { TextProvider } from "../../../i18n/text";
import { forgetDrafts, leaveDraft } from "../../../session/drafts";
import { pastedKey } from "./source";
import { Wizard } from "./Wizard";

vi.mock("../../../api/told");
vi.mock("../../../api/client", () => ({ api: { GET: () => undefined }, call: async () => ({ days: [] }) }));
vi.mock("../../model/TrainButton", () => ({ TrainButton: () => null }));
vi.mock("../../model/TrainingProvider", () => ({
  useTraining: () => ({ jobOf: () => undefined, endingOf: () => undefined }),
}));
vi.mock("../../../session/useSession", () => ({ useWho: () => ({ rol: "admin" }) }));

const TRIAL: Trial = {
  accepted: true,
  rows: 3,
  would_insert: 2,
  would_update: 0,
  unchanged: 0,
  skipped: 1,
  largest_change: null,
  columns: ["fecha", "seguidores"],
  mapping: [
    { header: "fecha", field: "hora" },
    { header: "seguidores", field: "seguidores" },
  ],
  formats: [],
  from: "2026-11-26T05:00:00Z",
  until: "2026-11-27T05:00:00Z",
  preview: [],
  errors: [
    {
      line: 3,
      column: "seguidores",
      field: "seguidores",
      code: "not_a_count",
      message: "No es un número.",
      text: "x,1O",
    },
  ],
  errors_total: 1,
};
const STORED: Stored = { inserted: 2, updated: 0, unchanged: 0 };

let root: Root;
let box: HTMLElement;
let sent: Sending[] = [];
let storing: () => Promise<Stored> = async () => STORED;
let trial: Trial = TRIAL;

const settle = () => act(() => new Promise((resolve) => setTimeout(resolve, 40)));
const button = (text: string) =>
  [...box.querySelectorAll("button")].find((one) => one.textContent?.includes(text)) as HTMLButtonElement;
const press = async (target: HTMLElement) => {
  act(() => target.click());
  await settle();
};

async function open() {
  root = createRoot(box);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } });
  act(() =>
    root.render(
      <QueryClientProvider client={client}>
        <TextProvider>
          <ToastProvider>
            <Wizard handle="Interbank" />
          </ToastProvider>
        </TextProvider>
      </QueryClientProvider>,
    ),
  );
  await settle();
}

async function reviewPasted(text = "fecha,seguidores\n2026-11-27,5\nx,1O\n") {
  leaveDraft(pastedKey("Interbank"), text);
  await open();
  await press(button("Revisar las filas"));
}

beforeAll(() => import("../../../i18n/es"));
beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  vi.stubGlobal("scrollTo", () => undefined);
  document.documentElement.lang = "es";
  history.replaceState(null, "", "/");
  box = document.body.appendChild(document.createElement("div"));
  sent = [];
  trial = TRIAL;
  storing = async () => STORED;
  vi.mocked(postTold).mockImplementation(async (sending: Sending) => {
    sent.push(sending);
    return sending.path.includes("dry_run") ? trial : await storing();
  });
});
afterEach(() => {
  act(() => root.unmount());
  box.remove();
  forgetDrafts();
});

it("stores nothing with a bad line until somebody agrees to leave it out", async () => {
  await reviewPasted();
  expect(box.textContent).toContain("1 línea con error");
  expect(box.querySelector("mark")?.textContent).toBe("1O");
  expect(button("Guardar 2 filas").disabled).toBe(true);
  await press(box.querySelector("input[type=checkbox]") as HTMLElement);
  await press(button("Guardar 2 filas"));
  expect(box.querySelector("h2")?.textContent).toBe("2 filas guardadas");
  const [dry, stored] = sent.map(({ path }) => path);
  expect(dry).toBe("/accounts/Interbank/observations?dry_run=true&skip_invalid=true");
  expect(stored).toBe("/accounts/Interbank/observations?skip_invalid=true");
});

it("mends a bad cell in memory and reviews the table again", async () => {
  await reviewPasted();
  const input = box.querySelector(".mend input") as HTMLInputElement;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, "10");
  act(() => void input.dispatchEvent(new Event("input", { bubbles: true })));
  await press(button("Corregir"));
  expect(await sent.at(-1)?.body.text()).toBe("fecha,seguidores\n2026-11-27,5\nx,10\n");
  expect(sent.at(-1)?.path).toContain("dry_run=true");
  expect(box.textContent).toContain("Con 1 corrección hecha aquí");
});

it("stores all or nothing where no line is bad", async () => {
  trial = { ...TRIAL, skipped: 0, errors: [], errors_total: 0 };
  await reviewPasted();
  await press(button("Guardar 2 filas"));
  expect(sent.at(-1)?.path).toBe("/accounts/Interbank/observations");
});

it("repeats an attempt that was cut off with the same key, so that it is done once", async () => {
  trial = { ...TRIAL, skipped: 0, errors: [], errors_total: 0 };
  storing = () => Promise.reject(new Unreachable());
  await reviewPasted();
  await press(button("Guardar 2 filas"));
  expect(box.textContent).toContain("nada se guarda dos veces");
  storing = async () => STORED;
  await press(button("Guardar 2 filas"));
  const keys = sent.slice(1).map(({ headers }) => headers?.["Idempotency-Key"]);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  expect(box.textContent).toContain("2 filas guardadas");
});

it("keeps the table when one goes back, and when the page was emptied", async () => {
  await reviewPasted();
  await press(button("Otro archivo"));
  expect(box.textContent).toContain("Filas pegadas");
  expect(box.querySelector("textarea")?.value).toContain("2026-11-27,5");
  act(() => root.unmount());
  await open();
  await press(button("Revisar de nuevo"));
  expect(box.textContent).toContain("1 línea con error");
  expect(sent).toHaveLength(2);
});

it("asks for the order of dates that a table leaves open", async () => {
  const [error] = TRIAL.errors;
  if (error) trial = { ...TRIAL, accepted: false, errors: [{ ...error, code: "ambiguous_date" }] };
  await reviewPasted();
  expect(button("Guardar")).toBeUndefined();
  await press(button("día/mes/año"));
  expect(sent.at(-1)?.path).toContain("formato=dd%2Fmm%2Fyyyy");
});

it("offers nothing to store where all of it is stored already", async () => {
  trial = { ...TRIAL, would_insert: 0, skipped: 0, errors: [], errors_total: 0 };
  await reviewPasted();
  expect(box.textContent).toContain("no hay nada que cambiar");
  expect(button("Guardar")).toBeUndefined();
});
