import { expect, it } from "vitest";
import { en } from "../../i18n/en";
import { es } from "../../i18n/es";
import { targetText } from "./targetText";

const format = { number: (value: number | null | undefined) => (value ?? 0).toLocaleString("en-US") };

it("tells the counts of an upload in the reader's language", () => {
  const target = "interbank: 1095 inserted, 1 updated";
  expect(targetText(target, es, format)).toBe("interbank: 1,095 lecturas nuevas, 1 cambiada");
  expect(targetText(target, en, format)).toBe("interbank: 1,095 new readings, 1 changed");
});

it("leaves out counts of nought, and tells what was skipped", () => {
  expect(targetText("bcp: 1 inserted, 0 updated, 3 skipped", es, format)).toBe("bcp: 1 lectura nueva, 3 con error");
});

it("tells the version of a model", () => {
  expect(targetText("bcp: version 12", es, format)).toBe("bcp: versión 12");
});

it("leaves any other text as it is", () => {
  expect(targetText("lectora", es, format)).toBe("lectora");
});
