import { expect, it } from "vitest";
import { dayNumber } from "../../format/dates";
import type { Format } from "../../format/useFormat";
import { es } from "../../i18n/es";
import { reasonsOf } from "./describe";
import { eventsOf, marksOf } from "./marks";

const event = { covariate: "a.flag", value: 1, expected: 10, observed: 110, found: true };
const past = [
  { ...event, fecha: "2026-05-03", effect: 100, lower: 80, upper: 120 },
  { ...event, covariate: "b.flag", fecha: "2026-05-03", effect: 5, lower: -10, upper: 20, found: false },
];
const coming = [
  {
    ...{ covariate: "a.flag", effect: 90, margin: 30, assumed_from: null },
    events: [{ fecha: "2026-12-06", value: 1, effect: 90, margin: 30 }],
  },
];
const events = eventsOf(past, coming, (name) => name.toUpperCase());

it("marks what events brought and what those to come add, by their days", () => {
  expect(events.get(dayNumber("2026-05-03"))).toEqual([
    { name: "A.FLAG", effect: 100, lower: 80, upper: 120, isComing: false },
    { name: "B.FLAG", effect: 5, lower: -10, upper: 20, isComing: false },
  ]);
  expect(events.get(dayNumber("2026-12-06"))).toEqual([
    { name: "A.FLAG", effect: 90, lower: 60, upper: 120, isComing: true },
  ]);
  expect(eventsOf(undefined, undefined, String).size).toBe(0);
});

it("says of a day what its events brought, with the interval", () => {
  const f = { signed: (value: number) => `${value}` } as unknown as Format;
  const say = (day: string) => reasonsOf(dayNumber(day), { marks: marksOf(undefined, undefined, events), t: es, f });
  expect(say("2026-05-03")).toEqual([
    es.account.eventPast("A.FLAG", "100", "80", "120"),
    es.account.eventPast("B.FLAG", "5", "-10", "20"),
  ]);
  expect(say("2026-12-06")).toEqual([es.account.eventComing("A.FLAG", "90", "60", "120")]);
});
