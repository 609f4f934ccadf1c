// Bytes of script and style that a browser loads, as it gets them and by gzip.
import { get } from "node:http";
import { openBrowser, openProfile, Tab } from "../../tests/browser/support/browser.mjs";
import { ACCOUNT, WHO } from "./screens.mjs";

/** Bytes of script and style of the sign-in page. */
const BUDGET = 150_000;
const KINDS = ["script", "stylesheet"];
/** The program answers a client that takes nothing else. */
const GZIP = { headers: { "Accept-Encoding": "gzip" } };

function bytesByGzip(url) {
  return new Promise((resolve, reject) => {
    get(url, GZIP, (answer) => {
      let bytes = 0;
      answer.on("data", (data) => (bytes += data.length));
      answer.on("end", () => resolve(bytes));
      answer.on("error", reject);
    }).on("error", reject);
  });
}

async function weigh(response) {
  const request = response.request();
  const url = request.url();
  const { responseBodySize } = await request.sizes();
  return {
    kind: request.resourceType(),
    encoding: (await response.allHeaders())["content-encoding"] ?? "none",
    got: responseBodySize,
    gzip: await bytesByGzip(url),
  };
}

const sum = (files, field) => files.reduce((total, file) => total + file[field], 0);
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function row(name, files, budget) {
  const of = (kind) =>
    kB(
      sum(
        files.filter((file) => file.kind === kind),
        "gzip",
      ),
    );
  const encodings = [...new Set(files.map((file) => file.encoding))].sort().join(", ");
  const gzip = sum(files, "gzip");
  return {
    cells: [
      name,
      `${files.length}`,
      of("script"),
      of("stylesheet"),
      kB(gzip),
      `${kB(sum(files, "got"))} (${encodings})`,
    ],
    ...(budget && { bar: `≤ ${kB(budget)} by gzip`, isReached: gzip <= budget }),
  };
}

async function inLanguage(browser, program, language) {
  const context = await openProfile(browser, program, { language });
  const tab = await Tab.open(context, program);
  const loaded = [];
  tab.page.on("response", (response) => {
    if (KINDS.includes(response.request().resourceType())) loaded.push(response);
  });
  const since = async (from) => Promise.all(loaded.slice(from).map(weigh));

  await tab.goto("/");
  const first = await since(0);
  await tab.signIn(WHO, language);
  const overview = await since(first.length);
  await tab.page.locator(`a[href="${ACCOUNT.path}"]`).first().click();
  await tab.settled();
  const account = await since(first.length + overview.length);
  await context.close();
  return [
    row(`sign-in, ${language}`, first, BUDGET),
    row(`overview after it, besides, ${language}`, overview),
    row(`overview, all, ${language}`, [...first, ...overview]),
    row(`an account after both, besides, ${language}`, account),
  ];
}

export async function sizes(program) {
  const browser = await openBrowser();
  try {
    const rows = [...(await inLanguage(browser, program, "es")), ...(await inLanguage(browser, program, "en"))];
    const columns = ["screen", "files", "script, gzip", "style, gzip", "both, gzip", "as the browser got it"];
    return { title: "Script and style", columns, rows };
  } finally {
    await browser.close();
  }
}
