import { expect, test } from "vitest";
import { pickedVersions, pickVersion } from "./picked";

test("an address names two versions, in any order, and nothing else", () => {
  expect(pickedVersions("4,2")).toEqual([2, 4]);
  expect(pickedVersions("2,2,x,-1,0")).toEqual([2]);
  expect(pickedVersions("")).toEqual([]);
});

test("a version is picked, and let go", () => {
  expect(pickVersion([], 3)).toBe("3");
  expect(pickVersion([3], 5)).toBe("3,5");
  expect(pickVersion([3, 5], 3)).toBe("5");
});

test("a third version takes a place", () => {
  expect(pickVersion([3, 5], 7)).toBe("5,7");
});
