const BROWSERS = [
  ["Edge", /Edg\//],
  ["Opera", /OPR\//],
  ["Firefox", /Firefox\//],
  ["Chrome", /(Chrome|CriOS)\//],
  ["Safari", /Safari\//],
] as const;

const SYSTEMS = [
  ["Android", /Android/],
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
] as const;

/**
 * A name for a browser that its owner recognises in a list, such as `Chrome · Windows`. Of another program, what it calls
 * itself first, such as `curl/8.5`.
 */
export function deviceName(agent: string = navigator.userAgent): string {
  const find = (all: readonly (readonly [string, RegExp])[]) => all.find(([, pattern]) => pattern.test(agent))?.[0];
  const known = [find(BROWSERS), find(SYSTEMS)].filter(Boolean).join(" · ");
  return known || (agent.split(" ")[0] ?? "");
}
