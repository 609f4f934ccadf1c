import { expect, test } from "vitest";
import { isDescending, orderAfterClick, sortOf } from "./order";

test("a column begins with what is looked for first, and turns round at the second click", () => {
  expect(orderAfterClick("name", "followers")).toBe("-followers");
  expect(orderAfterClick("-followers", "followers")).toBe("followers");
  expect(orderAfterClick("followers", "followers")).toBe("-followers");
});

test("names begin with A, data with the oldest", () => {
  expect(orderAfterClick("-followers", "name")).toBe("name");
  expect(orderAfterClick("-followers", "data")).toBe("data");
});

test("a minus in the address is a descending order", () => {
  expect([sortOf("-change_7"), isDescending("-change_7")]).toEqual(["change_7", true]);
  expect([sortOf("change_7"), isDescending("change_7")]).toEqual(["change_7", false]);
});
