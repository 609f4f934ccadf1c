import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { TextProvider } from "../i18n/text";
import { AccountFinder } from "./AccountFinder";

const ACCOUNTS = ["interbank", "interbank_pymes"].map((cuenta) => ({ cuenta, nombre: cuenta }));
const { asked } = vi.hoisted(() => ({ asked: [] as string[] }));

vi.mock("../api/client", () => ({
  api: {
    GET: async (_path: string, { params }: { params: { query: { q: string } } }) => {
      asked.push(params.query.q);
      return { accounts: ACCOUNTS.filter(({ cuenta }) => cuenta.includes(params.query.q)) };
    },
  },
  call: (answer: Promise<unknown>) => answer,
}));

let root: Root;
let box: HTMLElement;

const field = () => box.querySelector("input") as HTMLInputElement;
const options = () => [...box.querySelectorAll("[role=option] .strong")].map((option) => option.textContent);
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
/** Until the typing has paused, the answer is there and the page is drawn with it. */
const settle = async () => {
  await pass(1_000);
  await pass(100);
};
const press = (key: string) => act(() => field().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));

function type(text: string) {
  for (let length = 1; length <= text.length; length++) {
    // Past React's own record of the value, as a browser changes it.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field(), text.slice(0, length));
    act(() => void field().dispatchEvent(new Event("input", { bubbles: true })));
  }
}

beforeAll(() => import("../i18n/es"));
beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  vi.useFakeTimers();
  document.documentElement.lang = "es";
  history.replaceState(null, "", "/");
  asked.length = 0;
  box = document.body.appendChild(document.createElement("div"));
  root = createRoot(box);
  const client = new QueryClient();
  act(() =>
    root.render(
      <QueryClientProvider client={client}>
        <TextProvider>
          <AccountFinder />
        </TextProvider>
      </QueryClientProvider>,
    ),
  );
  await pass(0);
});
afterEach(() => {
  act(() => root.unmount());
  box.remove();
  vi.useRealTimers();
});

it("asks the server once the typing pauses, and not for each letter", async () => {
  type("pymes");
  expect(asked).toEqual([]);
  await settle();
  expect(asked).toEqual(["pymes"]);
  expect(options()).toEqual(["interbank_pymes"]);
});

it("opens what was typed where Enter comes before the answer", async () => {
  type("inter");
  await settle();
  expect(options()).toEqual(["interbank", "interbank_pymes"]);
  type("pymes");
  press("Enter");
  await settle();
  expect(asked).toEqual(["inter", "pymes"]);
  expect(location.pathname).toBe("/accounts/interbank_pymes");
});

it("says that no account is found only where the server said so", async () => {
  type("nadie");
  expect(box.querySelector("p")).toBeNull();
  await settle();
  expect(box.querySelector("p")?.textContent).toContain("cuenta");
});
