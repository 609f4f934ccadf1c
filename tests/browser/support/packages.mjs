// What the tests need is installed beside the page's source, whose lock file fixes it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export const UI = new URL("../../../crates/dashboard/ui/", import.meta.url);
const require = createRequire(UI);

export const { chromium } = require("playwright-core");
export const typescript = require("typescript");
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
