import { act, useState } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TextProvider } from "../i18n/text";
import { DateField } from "./DateField";

let root: Root;
let box: HTMLElement;
let value = "";

function Holder({ initial, min, max }: { initial: string; min?: string; max?: string }) {
  const [day, setDay] = useState(initial);
  const change = (next: string) => {
    value = next;
    setDay(next);
  };
  return <DateField label="Hasta" value={day} onChange={change} min={min} max={max} />;
}

async function show(props: { initial: string; min?: string; max?: string }) {
  value = props.initial;
  await act(async () => {
    root.render(
      <TextProvider>
        <Holder {...props} />
      </TextProvider>,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
}

const input = () => box.querySelector("input") as HTMLInputElement;
const focused = () => document.activeElement as HTMLElement;

function type(text: string) {
  act(() => {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
    set?.call(input(), text);
    input().dispatchEvent(new Event("input", { bubbles: true }));
  });
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  act(
    () => void focused().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more })),
  );

beforeAll(() => import("../i18n/es"));
beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  document.documentElement.lang = "es";
  box = document.body.appendChild(document.createElement("div"));
  root = createRoot(box);
});
afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

describe("a date field", () => {
  it("shows the day in digits and gives it as the API writes it", async () => {
    await show({ initial: "2026-11-27" });
    expect(input().value).toBe("27/11/2026");
    type("05/01/2027");
    expect(value).toBe("2027-01-05");
    type("2027-02-03");
    expect(value).toBe("2027-02-03");
  });

  it("keeps what is typed while it is no day, and the value too", async () => {
    await show({ initial: "2026-11-27" });
    type("27/1");
    expect(input().value).toBe("27/1");
    expect(value).toBe("2026-11-27");
  });

  it("says which days are possible", async () => {
    await show({ initial: "", min: "2026-11-28", max: "2027-12-31" });
    type("01/01/2026");
    expect(value).toBe("");
    expect(box.querySelector("[role=alert]")?.textContent).toContain("28/11/2026");
  });

  it("is walked by keys from the month, and gives the focus back", async () => {
    await show({ initial: "2026-11-27" });
    act(() => box.querySelector("button")?.click());
    expect(focused().getAttribute("aria-label")).toContain("27 de noviembre");
    press("ArrowRight");
    press("ArrowDown");
    press("PageDown");
    expect(focused().getAttribute("aria-label")).toContain("5 de enero de 2027");
    act(() => focused().click());
    expect(value).toBe("2027-01-05");
    expect(box.querySelector("[role=dialog]")).toBeNull();
    expect(focused().getAttribute("aria-haspopup")).toBe("dialog");
  });

  it("does not leave the bounds by keys, and closes at Escape", async () => {
    await show({ initial: "2026-11-27", max: "2026-11-28" });
    act(() => box.querySelector("button")?.click());
    press("PageDown", { shiftKey: true });
    expect(focused().getAttribute("aria-label")).toContain("28 de noviembre");
    press("Escape");
    expect(box.querySelector("[role=dialog]")).toBeNull();
  });
});
