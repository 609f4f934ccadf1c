import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { mountField, type MountedField } from "../testing/typing";
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

let page: MountedField;

const options = () => [...page.box.querySelectorAll("[role=option] .strong")].map((option) => option.textContent);

beforeAll(() => import("../i18n/es"));
beforeEach(async () => {
  history.replaceState(null, "", "/");
  asked.length = 0;
  page = await mountField(<AccountFinder />);
});
afterEach(() => page.unmount());

it("asks the server once the typing pauses, and not for each letter", async () => {
  page.type("pymes");
  expect(asked).toEqual([]);
  await page.settle();
  expect(asked).toEqual(["pymes"]);
  expect(options()).toEqual(["interbank_pymes"]);
});

it("opens what was typed where Enter comes before the answer", async () => {
  page.type("inter");
  await page.settle();
  expect(options()).toEqual(["interbank", "interbank_pymes"]);
  page.type("pymes");
  page.press("Enter");
  await page.settle();
  expect(asked).toEqual(["inter", "pymes"]);
  expect(location.pathname).toBe("/accounts/interbank_pymes");
});

it("says that no account is found only where the server said so", async () => {
  page.type("nadie");
  expect(page.box.querySelector("p")).toBeNull();
  await page.settle();
  expect(page.box.querySelector("p")?.textContent).toContain("cuenta");
});
