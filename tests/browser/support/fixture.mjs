// What a file of tests starts before its tests and ends after them.
import { after } from "node:test";
import { openBrowser } from "./browser.mjs";
import { Program } from "./program.mjs";

/** A program with the seed's data, under other settings where there are some, and a browser. */
export async function start(settings) {
  const [program, browser] = await Promise.all([Program.withSeed(settings), openBrowser()]);
  after(async () => {
    await browser.close();
    await program.end();
  });
  return { program, browser };
}
