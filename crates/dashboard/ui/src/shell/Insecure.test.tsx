import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { App } from "../app";
import { TestPage } from "../testing/testPage";

vi.mock("../session/Gate", () => ({ Gate: () => "the page" }));

let page: TestPage;
beforeEach(() => {
  page = new TestPage();
});
afterEach(() => {
  page.leave();
  vi.unstubAllGlobals();
});

test("a page of plain HTTP says that it needs HTTPS, where that may be, and what an operator does", async () => {
  vi.stubGlobal("isSecureContext", false);
  await page.show(<App />);
  expect(page.box.querySelector("h1")?.textContent).toBe("Esta página necesita HTTPS");
  expect(page.box.querySelector<HTMLAnchorElement>(".enter-box a")?.href).toMatch(/^https:\/\/localhost/);
  expect(page.text).toContain("Dé al servidor un certificado TLS");
  expect(page.text).not.toContain("the page");
});

test("a page of HTTPS is the page itself", async () => {
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { locks: {} });
  await page.show(<App />);
  expect(page.text).toBe("the page");
});

test("the session's code loads without locks", async () => {
  vi.stubGlobal("navigator", {});
  const { session } = await vi.importActual<typeof import("../session/session")>("../session/session");
  expect(session.state()).toEqual({ is: "starting" });
});
