import { expect, it } from "vitest";
import type { Format } from "../../format/useFormat";
import { es } from "../../i18n/es";
import { accountCsv } from "./exports";
import { marksOf } from "./marks";

it("writes what the API gave, day by day, with the zone in which a day ends", () => {
  const csv = accountCsv(
    {
      cuenta: "a",
      zona_horaria: "America/Lima",
      from: "2026-11-27",
      to: "2026-11-28",
      data_until: null,
      days: [
        { fecha: "2026-11-27", seguidores: 1234567, tweets: 3, complete: true },
        { fecha: "2026-11-28", seguidores: 1234570, tweets: null, complete: false },
      ],
    },
    [
      {
        fecha: "2026-11-29",
        horizon_days: 1,
        prediction: 1234580,
        intervals: [{ level: 80, lower: 1234570, upper: 1234590 }],
        baseline: 1234575,
      },
    ],
    marksOf(undefined, [{ fecha: "2026-11-27", name: "=fiesta" }]),
    es,
    {} as Format,
  );
  expect(csv.split("\r\n").slice(1)).toEqual([
    "2026-11-27,America/Lima,observado,1234567,sí,3,,,,,,'=fiesta",
    "2026-11-28,America/Lima,observado,1234570,no,,,,,,,",
    "2026-11-29,America/Lima,pronóstico,1234580,,,1234570,1234590,,,1234575,",
    "",
  ]);
});
