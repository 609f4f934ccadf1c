import { act } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dayNumber } from "../../format/dates";
import { TestPage } from "../../testing/testPage";
import { GrowthTable } from "./GrowthTable";

let page: TestPage;
beforeEach(() => {
  page = new TestPage();
});
afterEach(() => page.leave());

test("the table has what the chart draws, newest day first, once it is opened", async () => {
  const first = dayNumber("2026-11-26");
  const accounts = [
    { handle: "uno", values: [100, null, 102.25] },
    { handle: "dos", values: [100, null, null] },
  ];
  await page.show(<GrowthTable days={[first, first + 1, first + 2]} accounts={accounts} />);
  expect(page.box.querySelector("table")).toBeNull();

  const twin = page.box.querySelector("details") as HTMLDetailsElement;
  act(() => {
    twin.open = true;
    twin.dispatchEvent(new Event("toggle"));
  });
  await page.settled();
  const rows = [...page.box.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows).toEqual([
    ["Día", "uno", "dos"],
    ["sáb 28 nov 2026", "102.25", "–"],
    ["jue 26 nov 2026", "100.00", "100.00"],
  ]);
});
