import { describe as group, expect, it } from "vitest";
import { dayNumber } from "../../format/dates";
import type { Format } from "../../format/useFormat";
import { es } from "../../i18n/es";
import { describe } from "./describe";
import { marksOf } from "./marks";
import { timelineOf } from "./timeline";

const plain = (value: number | null | undefined) => String(value);
const f = { number: plain, signed: plain, percent: plain, day: (day: string) => day, weekDay: (day: string) => day };
const timeline = timelineOf(
  {
    cuenta: "a",
    zona_horaria: "America/Lima",
    from: "2026-11-01",
    to: "2026-11-05",
    data_until: null,
    days: [
      { fecha: "2026-11-01", seguidores: 10, tweets: null, complete: true },
      { fecha: "2026-11-02", seguidores: 12, tweets: null, complete: true },
      { fecha: "2026-11-04", seguidores: 15, tweets: null, complete: true },
      { fecha: "2026-11-05", seguidores: 16, tweets: null, complete: false },
    ],
  },
  [
    {
      fecha: "2026-11-06",
      horizon_days: 1,
      prediction: 18,
      intervals: [{ level: 80, lower: 17, upper: 19 }],
      baseline: 16,
    },
  ],
);
const say = (at: number) => {
  if (!timeline) throw new Error("nothing was observed");
  const marks = marksOf(undefined, [{ fecha: "2026-11-01", name: "Todos los Santos" }]);
  return describe(at, { timeline, marks, comparison: null, index: null, t: es, f: f as unknown as Format });
};

group("what is said of a day", () => {
  it("is its value, the gain since the day before, and its holiday", () => {
    expect(say(0)).toMatchObject({ title: "2026-11-01", rows: [["Seguidores", "10"]], notes: ["Todos los Santos"] });
    expect(say(1).rows).toEqual([
      ["Seguidores", "12"],
      ["En el día", "2"],
    ]);
  });

  it("has no gain over a day without readings, and says that there were none", () => {
    expect(say(2)).toMatchObject({ rows: [], notes: [es.account.notObserved] });
    expect(say(3).rows).toEqual([["Seguidores", "15"]]);
  });

  it("does not compare a day that is not over with a whole one", () => {
    expect(say(4)).toMatchObject({ rows: [["Hasta ahora", "16"]], notes: [es.account.unfinishedNote] });
  });

  it("is value, interval, baseline and horizon of a forecast", () => {
    expect(say(5).rows).toEqual([
      ["Pronóstico", "18"],
      ["80", "17 – 19"],
      ["Referencia", "16"],
      ["Horizonte", es.account.days(1)],
    ]);
    expect(timeline?.days[5]).toBe(dayNumber("2026-11-06"));
  });
});
