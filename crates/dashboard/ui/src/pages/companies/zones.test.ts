import { expect, it } from "vitest";
import { zoneOptions } from "./zones";

it("offers every zone once, by the name of its place, and the present one in any case", () => {
  const options = zoneOptions("America/Lima");
  expect(options.filter(({ value }) => value === "America/Lima")).toEqual([
    { value: "America/Lima", text: "Lima (America/Lima)" },
  ]);
  expect(options.length).toBeGreaterThan(300);
  expect(zoneOptions("Etc/GMT+5").some(({ value }) => value === "Etc/GMT+5")).toBe(true);
});
