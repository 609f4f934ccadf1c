import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Menu } from "./Menu";

const onSelect = vi.fn();
let box: HTMLElement;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  onSelect.mockReset();
  box = document.body.appendChild(document.createElement("div"));
  const item = (text: string, of?: "one" | "any", isFixed = false) => ({
    text,
    onSelect: () => onSelect(text),
    ...(of && { choice: { of, isOn: true, isFixed } }),
  });
  const groups = [
    { items: [item("all", "one")] },
    { label: "Fields", items: [item("name", "any"), item("last", "any", true)] },
    { items: [item("delete")] },
  ];
  act(() => createRoot(box).render(<Menu button="Views" groups={groups} />));
});
afterEach(() => box.remove());

const opener = () => box.querySelector<HTMLElement>("[aria-haspopup]");
const items = () => [...box.querySelectorAll<HTMLElement>("[role^=menuitem]")];
const called = (text: string) => items().find(({ textContent }) => textContent === text);
const click = (element: HTMLElement | null | undefined) => act(() => element?.click());
const press = (key: string) =>
  act(() => void document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));

it("tells actions, one of several and each of many apart", () => {
  click(opener());
  expect(items().map((item) => [item.role, item.getAttribute("aria-checked")])).toEqual([
    ["menuitemradio", "true"],
    ["menuitemcheckbox", "true"],
    ["menuitemcheckbox", "true"],
    ["menuitem", null],
  ]);
  expect(box.querySelector("[role=group][aria-label=Fields]")?.querySelectorAll("button")).toHaveLength(2);
});

it("stays open for each of many, and closes after one of several and after an action", () => {
  click(opener());
  click(called("name"));
  expect(items()).toHaveLength(4);
  click(called("all"));
  expect(items()).toHaveLength(0);
  expect(document.activeElement).toBe(opener());
  click(opener());
  click(called("delete"));
  expect(items()).toHaveLength(0);
  expect(onSelect.mock.calls.flat()).toEqual(["name", "all", "delete"]);
});

it("does nothing for what is fixed", () => {
  click(opener());
  click(called("last"));
  expect(onSelect).not.toHaveBeenCalled();
  expect(items()).toHaveLength(4);
});

it("is walked by keys over all groups, and left by Escape", () => {
  click(opener());
  press("ArrowUp");
  expect(document.activeElement).toBe(called("delete"));
  press("ArrowDown");
  press("ArrowDown");
  expect(document.activeElement).toBe(called("name"));
  press("Escape");
  expect(items()).toHaveLength(0);
  expect(document.activeElement).toBe(opener());
});

it("moves what has an order, by buttons and by Alt with an arrow, and walks past those buttons", () => {
  const way = (label: string, isEnd = false) => ({ label, onMove: isEnd ? null : () => onSelect(label) });
  const item = (key: string, isFirst: boolean) => ({
    key,
    text: key,
    onSelect: () => onSelect(key),
    choice: { of: "any", isOn: true } as const,
    moves: { before: way(`${key} before`, isFirst), after: way(`${key} after`, !isFirst) },
  });
  const other = document.body.appendChild(document.createElement("div"));
  box.remove();
  box = other;
  act(() => createRoot(box).render(<Menu button="Columns" items={[item("name", true), item("cost", false)]} />));
  click(opener());
  const focused = () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent;
  press("ArrowDown");
  expect(focused()).toBe("cost");
  press("ArrowRight");
  expect(focused()).toBe("cost before");
  act(() => (document.activeElement as HTMLElement).click());
  press("ArrowDown");
  expect(focused()).toBe("name");
  const alt = (key: string) =>
    act(() => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, altKey: true, bubbles: true }));
    });
  alt("ArrowUp");
  alt("ArrowDown");
  expect(onSelect.mock.calls.flat()).toEqual(["cost before", "name after"]);
  expect(items()).toHaveLength(6);
});

it("keeps the focus on what comes to stand in another list", () => {
  const other = document.body.appendChild(document.createElement("div"));
  box.remove();
  box = other;
  const root = createRoot(box);
  const item = { key: "cost", text: "cost", onSelect };
  const show = (isShown: boolean) =>
    act(() =>
      root.render(
        <Menu button="Columns" groups={[{ items: isShown ? [item] : [] }, { items: isShown ? [] : [item] }]} />,
      ),
    );
  show(true);
  click(opener());
  expect(document.activeElement?.textContent).toBe("cost");
  show(false);
  expect(document.activeElement?.textContent).toBe("cost");
});
