import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forgetDrafts, keepDraftsFor, useDraft } from "./drafts";

let root: Root;
let page: HTMLElement;

function Form() {
  const [value, setValue, clear] = useDraft("note", "");
  return (
    <>
      <input value={value} onChange={(event) => setValue(event.target.value)} />
      <button onClick={clear} />
    </>
  );
}

const input = () => page.querySelector("input") as HTMLInputElement;
const open = () => {
  page = document.createElement("div");
  document.body.replaceChildren(page);
  root = createRoot(page);
  act(() => root.render(<Form />));
};
const close = () => act(() => root.unmount());
const type = (text: string) =>
  act(() => {
    // React hears of a value only where the browser's own setter has written it.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input(), text);
    input().dispatchEvent(new Event("input", { bubbles: true }));
  });
const send = () => act(() => page.querySelector("button")?.click());

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  forgetDrafts();
});
afterEach(close);

test("what was typed is there again when the same person comes back", () => {
  keepDraftsFor("ana");
  open();
  type("half a sentence");
  close();
  keepDraftsFor("ana");
  open();
  expect(input().value).toBe("half a sentence");
});

test("somebody else finds nothing of it", () => {
  keepDraftsFor("ana");
  open();
  type("half a sentence");
  close();
  keepDraftsFor("luis");
  open();
  expect(input().value).toBe("");
});

test("what was sent, and what was left at a logout, is forgotten", () => {
  keepDraftsFor("ana");
  open();
  type("sent");
  send();
  expect(input().value).toBe("");
  type("left");
  close();
  forgetDrafts();
  open();
  expect(input().value).toBe("");
});

test("nothing typed is written to the browser's storage", () => {
  open();
  type("secret");
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("secret");
});
