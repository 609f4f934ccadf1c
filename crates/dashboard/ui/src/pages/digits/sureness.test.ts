import { expect, it } from "vitest";
import { othersOf, roundedShare, surenessOf } from "./sureness";

it.each([
  [0.9999, false, "verySure"],
  [0.97, false, "sure"],
  [0.9999, true, "unsure"],
  [0.6, true, "unsure"],
  [0.59, true, "doubtful"],
])("calls %s, to be checked: %s, %s", (probabilidad, revisar, word) => {
  expect(surenessOf({ probabilidad, revisar })).toBe(word);
});

it("never rounds to certain or to impossible", () => {
  expect(roundedShare(1)).toEqual({ bound: "over", percent: 99.9 });
  expect(roundedShare(0.99951)).toEqual({ bound: "over", percent: 99.9 });
  expect(roundedShare(0.9989)).toEqual({ bound: null, percent: 99.8 });
  expect(roundedShare(0.987)).toEqual({ bound: null, percent: 99 });
  expect(roundedShare(0.714)).toEqual({ bound: null, percent: 71 });
  expect(roundedShare(0.0099)).toEqual({ bound: "under", percent: 1 });
  expect(roundedShare(0)).toEqual({ bound: "under", percent: 1 });
});

it("names as others only what is likely, and never the digit itself", () => {
  const alternativas = [
    { digito: 7, probabilidad: 0.71 },
    { digito: 1, probabilidad: 0.23 },
    { digito: 4, probabilidad: 0.004 },
  ];
  expect(othersOf({ digito: 7, alternativas })).toEqual([{ digito: 1, probabilidad: 0.23 }]);
});
