import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { vi } from "vitest";
import { TextProvider } from "../i18n/text";

/**
 * Shows a component with one text field on a page with timers that the test moves.
 * `unmount` takes it away, and lets the real timers go on.
 */
export async function mountField(component: ReactNode) {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  vi.useFakeTimers();
  document.documentElement.lang = "es";
  const box = document.body.appendChild(document.createElement("div"));
  const root = createRoot(box);
  const client = new QueryClient();
  act(() =>
    root.render(
      <QueryClientProvider client={client}>
        <TextProvider>{component}</TextProvider>
      </QueryClientProvider>,
    ),
  );
  const field = () => box.querySelector("input") as HTMLInputElement;
  const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
  await pass(0);
  return {
    box,
    field,
    /** Until the typing has paused, the answer is there and the page is drawn with it. */
    settle: async () => {
      await pass(1_000);
      await pass(100);
    },
    press: (key: string) => act(() => field().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }))),
    type: (text: string) => {
      for (let length = 1; length <= text.length; length++) {
        // Past React's own record of the value, as a browser changes it.
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field(), text.slice(0, length));
        act(() => void field().dispatchEvent(new Event("input", { bubbles: true })));
      }
    },
    unmount: () => {
      act(() => root.unmount());
      box.remove();
      vi.useRealTimers();
    },
  };
}

export type MountedField = Awaited<ReturnType<typeof mountField>>;
