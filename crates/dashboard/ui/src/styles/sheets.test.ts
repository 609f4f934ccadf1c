import { expect, it } from "vitest";

/** A sheet of one screen stays on the page after the screen is left, so that its names must be its own. */
const sheets = import.meta.glob<string>("./*.css", { query: "?raw", import: "default", eager: true });
const isOfScreen = (path: string) => path.startsWith("./screen-");

const selectorsOf = (sheet: string) =>
  [...sheet.replaceAll(/\/\*[^]*?\*\//g, "").matchAll(/([^{}]+)\{/g)]
    .map(([, selectors = ""]) => selectors.trim())
    .filter((selectors) => !selectors.startsWith("@"))
    .flatMap((selectors) => selectors.split(/,(?![^(]*\))/));
const classesOf = (selector: string) => [...selector.matchAll(/\.([a-z][\w-]*)/gi)].map(([, name = ""]) => name);

const common = new Set(
  Object.entries(sheets)
    .filter(([path]) => !isOfScreen(path))
    .flatMap(([, sheet]) => selectorsOf(sheet).flatMap(classesOf)),
);
const screens = Object.entries(sheets).filter(([path]) => isOfScreen(path));

it("finds the sheets of the screens and the common ones", () => {
  expect(screens.length).toBeGreaterThan(5);
  expect(common.has("btn")).toBe(true);
});

it("defines no class in the sheets of two screens", () => {
  const places = new Map<string, Set<string>>();
  for (const [path, sheet] of screens) {
    for (const name of selectorsOf(sheet).flatMap(classesOf)) {
      if (!common.has(name)) places.set(name, (places.get(name) ?? new Set()).add(path));
    }
  }
  expect([...places].filter(([, paths]) => paths.size > 1).map(([name]) => name)).toEqual([]);
});

it("changes common classes only inside a screen's own", () => {
  const leaks = screens.flatMap(([path, sheet]) =>
    selectorsOf(sheet)
      .filter((selector) => classesOf(selector).every((name) => common.has(name)))
      .filter((selector) => !/^\s*(from|to|[\d.]+%)\s*$/.test(selector))
      .map((selector) => `${path} ${selector.trim()}`),
  );
  expect(leaks).toEqual([]);
});

it("keeps the legend of a chart on paper, where nothing can be switched on again", () => {
  const paper = Object.values(sheets).flatMap((sheet) => sheet.split("@media print").slice(1));
  const hidden = paper.flatMap((part) =>
    [...part.matchAll(/([^{}]+)\{[^}]*display: none/g)].map(([, all = ""]) => all),
  );
  const ofLegend = hidden.flatMap((all) => all.split(",")).filter((selector) => selector.includes(".legend"));
  expect(ofLegend.map((selector) => selector.trim())).toEqual(['.legend button[aria-pressed="false"]']);
});
