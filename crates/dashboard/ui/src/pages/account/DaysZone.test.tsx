import { afterEach, expect, test } from "vitest";
import { AccountZoneContext, ZoneContext } from "../../session/zone";
import { TestPage } from "../../testing/testPage";
import { DaysZone } from "./DaysZone";

const page = new TestPage();
afterEach(() => page.leave());

test("the chart names the account's own zone, and not that of the company or of the browser", async () => {
  await page.show(
    <ZoneContext value="America/Lima">
      <DaysZone />
      <AccountZoneContext value="America/Argentina/Buenos_Aires">
        <DaysZone />
      </AccountZoneContext>
    </ZoneContext>,
  );
  const zones = [...page.box.querySelectorAll(".days-zone")].map((zone) => zone.textContent);
  expect(zones).toEqual(["hora de Lima", "hora de Buenos Aires"]);
});
