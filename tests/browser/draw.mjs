// The pictures of docs/dashboard.md and the READMEs: the demonstration, and three more accounts of its first bank.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser, openProfile, Tab } from "./support/browser.mjs";
import { Client } from "./support/client.mjs";
import { addAccounts, uploadOf } from "./support/pictured.mjs";
import { PEOPLE } from "./support/people.mjs";
import { Program } from "./support/program.mjs";

const FOLDERS = { en: "docs/pictures/dashboard", es: "docs/pictures/dashboard/es" };
const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
/** Wide enough for every column of the overview. */
const WIDTH = 1440;
const HEIGHT = 900;
/** Below what the page has, in pixels. */
const FOOT = 28;

const endOfContent = () =>
  Math.max(
    ...[...document.querySelectorAll("main .card")].map((card) => Math.ceil(card.getBoundingClientRect().bottom)),
  );

/** Heights end below a card. Without one a picture is as high as what the page has. */
const PICTURES = [
  { name: "overview", path: "/" },
  { name: "account", path: "/accounts/Interbank?range=365&horizon=120", height: 1060 },
  {
    name: "data",
    path: "/accounts/interbank_pymes/data",
    height: 1010,
    act: ({ page }) => page.locator('input.sr[type="file"]').setInputFiles(uploadOf("interbank_pymes")),
  },
];

const asked = process.argv.slice(2);
const chosen = PICTURES.filter(({ name }) => asked.length === 0 || asked.includes(name));

const program = await Program.in(await mkdtemp(join(tmpdir(), "server-")));
const browser = await openBrowser();
try {
  await addAccounts(await Client.login(program.url, PEOPLE.admin));
  for (const [language, folder] of Object.entries(FOLDERS)) {
    const context = await openProfile(browser, program, { language, width: WIDTH });
    const tab = await Tab.open(context, program);
    await tab.goto("/");
    await tab.signIn(PEOPLE.admin, language);
    for (const { name, path, height, act } of chosen) {
      await tab.page.setViewportSize({ width: WIDTH, height: height ?? HEIGHT });
      await tab.goto(path);
      await act?.(tab);
      await tab.settled();
      if (!height) {
        await tab.page.setViewportSize({ width: WIDTH, height: (await tab.page.evaluate(endOfContent)) + FOOT });
        await tab.settled();
      }
      await tab.page.screenshot({ path: join(REPOSITORY, folder, `${name}.png`) });
      console.log(`${folder}/${name}.png`);
    }
    await tab.assertNoFaults();
    await context.close();
  }
} finally {
  await browser.close();
  await program.end();
}
