import { act } from "react";
import { createRoot } from "react-dom/client";
import { beforeEach, expect, it } from "vitest";
import { useUrlState } from "./useUrlState";

function Screen() {
  const [first, setFirst] = useUrlState<string>("first", "");
  const [second, setSecond] = useUrlState<string>("second", "");
  const set = (one: string, other: string) => {
    setFirst(one);
    setSecond(other);
  };
  return (
    <>
      <output>{`${first}|${second}`}</output>
      <button onClick={() => set("b", "c")}>fill</button>
      <button onClick={() => set("", "")}>clear</button>
    </>
  );
}

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  history.replaceState(null, "", "/app/people?first=a&kept=yes");
});

it("changes two states of a screen at once, and leaves the rest of the address", async () => {
  const element = document.createElement("div");
  await act(() => createRoot(element).render(<Screen />));
  const [fill, clear] = element.querySelectorAll("button");
  const shown = () => element.querySelector("output")?.textContent;
  expect(shown()).toBe("a|");

  await act(() => fill?.click());
  expect(shown()).toBe("b|c");
  expect(location.search).toBe("?first=b&kept=yes&second=c");

  await act(() => clear?.click());
  expect(shown()).toBe("|");
  expect(location.search).toBe("?kept=yes");
});

it("reads a value with percent signs as it was written", async () => {
  const written = "50 % de 100%2C, -a&b=c";
  history.replaceState(null, "", `/app/people?${new URLSearchParams({ first: written })}`);
  const element = document.createElement("div");
  await act(() => createRoot(element).render(<Screen />));
  expect(element.querySelector("output")?.textContent).toBe(`${written}|`);
});
