import { expect, it } from "vitest";
import { dayOf } from "../../format/dates";
import { es } from "../../i18n/es";
import { drawnLayers, pictureLegend } from "./legend";
import { marksOf } from "./marks";
import { timelineOf } from "./timeline";
import { readView } from "./view";

const days = Array.from({ length: 40 }, (_, at) => ({
  ...{ fecha: dayOf(20_000 + at), seguidores: 100 + at },
  ...{ tweets: null, complete: true },
}));
const daily = { cuenta: "a", zona_horaria: "UTC", from: "", to: "", data_until: null, days };
const forecast = { fecha: dayOf(20_040), horizon_days: 1, prediction: 140, intervals: [], baseline: 139 };
const timeline = timelineOf(daily, [forecast]);
if (!timeline) throw new Error("nothing was observed");
const marks = marksOf(undefined, [{ fecha: dayOf(20_003), name: "Feriado" }]);
const [compared, plain] = [readView(new URLSearchParams("compare=1")), readView(new URLSearchParams())];
const words = (view: [number, number], settings = compared, goal: number | null = null) =>
  pictureLegend({ timeline, view, marks, goal }, settings, es).map(({ text }) => text);

it("names the comparison in a picture only where it is drawn", () => {
  expect(words([20_025, 20_040])).toContain(es.account.periodBefore);
  expect(words([20_025, 20_040], plain)).not.toContain(es.account.periodBefore);
  // All data are in view, so that there is no period before them.
  expect(words([20_000, 20_040])).not.toContain(es.account.periodBefore);
});

it("lists the layers that are in view, less those that are switched off", () => {
  expect([...drawnLayers({ timeline, view: [20_000, 20_010], marks, goal: null })]).toEqual(["holidays"]);
  expect(words([20_020, 20_040], readView(new URLSearchParams("off=band95,baseline")), 150)).toEqual([
    "Observado",
    "Pronóstico",
    "80 %",
    "Meta",
  ]);
});
