import { expect, test } from "vitest";
import { en } from "../../i18n/en";
import { es } from "../../i18n/es";
import { inputName } from "./inputWords";

// The names that crates/prediction gives its inputs.
const NAMES = [
  "change_lag_1",
  "change_lag_14",
  "change_mean_7",
  "change_mean_around_lag_52",
  "change_deviation_28",
  "weekday_saturday",
  "posts",
  "posts_mean_7",
  "month_sin",
  "month_cos",
  "hour_cos",
  "covariate_campaign.flag",
  "covariate_campaign.gasto.sum+2_mean_7",
  "holiday",
  "day_of_month",
];

test("every input has a name of its own in both languages", () => {
  for (const { model } of [es, en]) {
    const words = NAMES.map((name) => inputName(name, model.inputWords, model.day));
    expect(words.filter((word) => NAMES.includes(word))).toEqual([]);
    expect(new Set(words).size).toBe(NAMES.length);
  }
});

test("one day is one, and hours are hours", () => {
  expect(inputName("change_lag_1", es.model.inputWords, es.model.day)).toBe("Cambio de hace 1 día");
  expect(inputName("change_lag_24", en.model.inputWords, en.model.hour)).toBe("Change 24 hours ago");
});

test("an input that this page does not know is shown as it is called", () => {
  expect(inputName("moon_phase", es.model.inputWords, es.model.day)).toBe("moon_phase");
});
