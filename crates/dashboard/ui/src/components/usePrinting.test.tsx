import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, it } from "vitest";
import { usePrinting } from "./usePrinting";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

it("is told by the browser, before the paper is laid out", () => {
  const host = document.createElement("div");
  const Probe = () => <p>{usePrinting() ? "paper" : "screen"}</p>;
  const root = createRoot(host);
  act(() => root.render(<Probe />));
  expect(host.textContent).toBe("screen");
  act(() => void dispatchEvent(new Event("beforeprint")));
  expect(host.textContent).toBe("paper");
  act(() => void dispatchEvent(new Event("afterprint")));
  expect(host.textContent).toBe("screen");
  act(() => root.unmount());
});
