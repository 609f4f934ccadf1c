/** A name for this browser that its owner recognises in a list, such as `Chrome · Windows`. */
export function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = [
    ["Edge", /Edg\//],
    ["Firefox", /Firefox\//],
    ["Chrome", /Chrome\//],
    ["Safari", /Safari\//],
  ] as const;
  const system = [
    ["Android", /Android/],
    ["iPhone", /iPhone/],
    ["iPad", /iPad/],
    ["Windows", /Windows/],
    ["macOS", /Mac OS X/],
    ["Linux", /Linux/],
  ] as const;
  const find = (all: readonly (readonly [string, RegExp])[]) => all.find(([, pattern]) => pattern.test(agent))?.[0];
  return [find(browser), find(system)].filter(Boolean).join(" · ");
}
