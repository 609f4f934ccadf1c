import { describe, expect, it } from "vitest";
import type { AuditEntry } from "../../api/audit";
import { en } from "../../i18n/en";
import { es } from "../../i18n/es";
import { byDay } from "./days";
import { queryOf } from "./useAuditFilters";

const at = (seq: number, moment: string): AuditEntry => ({
  seq,
  at: moment,
  actor_id: 1,
  actor: "ana.torres",
  action: "login",
  target: "ana.torres",
  address: null,
  request_id: null,
  outcome: "success",
  count: 1,
});
const none = { from: "", to: "", actor: "", action: "", outcome: "", target: "", company: "" };

describe("the days of the log", () => {
  it("end where they end in the company's zone", () => {
    const entries = [at(3, "2026-11-28T05:00:00Z"), at(2, "2026-11-28T04:59:59Z"), at(1, "2026-11-27T05:00:00Z")];
    expect(byDay(entries, "America/Lima").map(({ day, entries: own }) => [day, own.length])).toEqual([
      ["2026-11-28", 1],
      ["2026-11-27", 2],
    ]);
    expect(byDay(entries, "UTC").map(({ day }) => day)).toEqual(["2026-11-28", "2026-11-27"]);
  });
});

describe("what the log is asked for", () => {
  it("is nothing but what was chosen", () => {
    expect(queryOf(none, es)).toEqual({});
    expect(queryOf({ ...none, from: "2026-11-01", action: "login", company: "7" }, es)).toEqual({
      from: "2026-11-01",
      action: "login",
      empresa_id: 7,
    });
  });

  it("leaves out what an address has wrong", () => {
    expect(
      queryOf({ ...none, from: "ayer", action: "toString", outcome: "perhaps", company: "0x7", target: "x" }, es),
    ).toEqual({ target: "x" });
  });
});

it("has a word for the same actions in both languages", () => {
  expect(Object.keys(en.audit.actions)).toEqual(Object.keys(es.audit.actions));
});
