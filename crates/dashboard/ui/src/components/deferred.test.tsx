import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, test, vi } from "vitest";
import { deferred } from "./deferred";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

function Greeting({ name }: { name: string }) {
  return <p>Hola, {name}</p>;
}

const Placeholder = () => <p>…</p>;

async function shown(Component: React.FC<{ name: string }>): Promise<HTMLElement> {
  const place = document.createElement("div");
  await act(async () => createRoot(place).render(<Component name="Ana" />));
  return place;
}

test("the placeholder stands there until the code is loaded, and what arrived is shown at once", async () => {
  let arrive: (module: { default: typeof Greeting }) => void = () => undefined;
  const Deferred = deferred(() => new Promise<{ default: typeof Greeting }>((done) => (arrive = done)), Placeholder);
  const place = await shown(Deferred);
  expect(place.textContent).toBe("…");
  await act(async () => arrive({ default: Greeting }));
  expect(place.textContent).toBe("Hola, Ana");
});

test("what was preloaded is shown without a placeholder, and loaded once", async () => {
  const load = vi.fn(() => Promise.resolve({ default: Greeting }));
  const Deferred = deferred(load, Placeholder);
  await Deferred.preload();
  expect((await shown(Deferred)).textContent).toBe("Hola, Ana");
  expect(load).toHaveBeenCalledTimes(1);
});

test("code that could not be loaded is loaded anew the next time", async () => {
  const load = vi.fn(() => Promise.resolve({ default: Greeting }));
  load.mockRejectedValueOnce(new Error("offline"));
  const Deferred = deferred(load, Placeholder);
  await expect(Deferred.preload()).rejects.toThrow("offline");
  expect((await shown(Deferred)).textContent).toBe("Hola, Ana");
});
