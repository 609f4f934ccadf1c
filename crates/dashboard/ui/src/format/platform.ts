const NAMES = new Map(
  ["X", "Instagram", "Facebook", "TikTok", "LinkedIn", "YouTube"].map((name) => [name.toLowerCase(), name]),
);
NAMES.set("twitter", "X");

/** A network as it writes its own name; people and files write it in any case. */
export const platformName = (written: string | null): string | null =>
  written && (NAMES.get(written.trim().toLowerCase()) ?? written);
