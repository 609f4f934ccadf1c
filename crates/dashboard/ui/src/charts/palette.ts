/** The tokens of the sheet that charts draw with. */
const TOKENS = [
  "ink",
  "ink-2",
  "ink-3",
  "surface",
  "sunken",
  "line",
  "grid",
  "accent",
  "warn",
  "bad",
  "goal",
  "c-history",
  "c-forecast",
  "c-band80",
  "c-band95",
  "c-base",
  "s1",
  "s2",
  "s3",
  "s4",
  "s5",
  "s6",
] as const;

export type Token = (typeof TOKENS)[number];
export type Palette = Record<Token, string>;

/**
 * The colours as a canvas takes them. A token holds both themes, and only the `color` of an element is resolved by the
 * browser, so that an element is coloured with each in turn. Paper and pictures are light whatever the page is.
 */
export function readPalette(isLight: boolean): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  // Where the reader forces colours, the tokens are the system's already.
  probe.style.setProperty("forced-color-adjust", "none");
  if (isLight) probe.style.setProperty("color-scheme", "light");
  document.body.append(probe);
  const read = (token: Token) => {
    probe.style.setProperty("color", `var(--${token})`);
    return getComputedStyle(probe).color;
  };
  const palette = Object.fromEntries(TOKENS.map((token) => [token, read(token)])) as Palette;
  probe.remove();
  return palette;
}
