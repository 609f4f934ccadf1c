import { describe, expect, it } from "vitest";
import { dayNumber } from "../../format/dates";
import { readView, writeView, type AccountView } from "./view";

const first: AccountView = readView(new URLSearchParams());

describe("the address of an account's screen", () => {
  it("is empty while everything is as it was at first", () => {
    expect(writeView(new URLSearchParams(), first).toString()).toBe("");
  });

  it("says all that a colleague needs to see the same", () => {
    const view: AccountView = {
      range: "30",
      zoom: [dayNumber("2026-10-01"), dayNumber("2026-12-31")],
      horizon: 200,
      tab: "table",
      goal: 250_000,
      by: "2027-02-28",
      day: "2026-11-27",
      off: new Set(["holidays", "band95"]),
      posts: 0,
      isCompared: true,
      isIndexed: true,
      isFromZero: true,
      isCompact: true,
    };
    const address = writeView(new URLSearchParams(), view);
    expect(address.get("off")).toBe("band95,holidays");
    expect(readView(address)).toEqual(view);
  });

  it("takes nothing from an address that is out of bounds or no value", () => {
    const address = "range=7&horizon=401&goal=-5&by=2027-02-31&from=2026-12-01&to=2026-11-01&off=x&posts=1.5&tab=y";
    expect(readView(new URLSearchParams(address))).toEqual(first);
  });

  it("leaves what others wrote into it", () => {
    expect(writeView(new URLSearchParams("other=1&range=30"), first).toString()).toBe("other=1");
  });
});
