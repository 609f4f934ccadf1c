/** The two versions that an address compares, the older one first; fewer where it names fewer. */
export function pickedVersions(text: string): number[] {
  const numbers = text.split(",").map(Number);
  const sound = numbers.filter((version) => Number.isInteger(version) && version > 0);
  return [...new Set(sound)].slice(0, 2).sort((a, b) => a - b);
}

/** Picks a version or lets it go. A third one takes the place of the one that was picked first. */
export function pickVersion(picked: readonly number[], version: number): string {
  const next = picked.includes(version) ? picked.filter((one) => one !== version) : [...picked.slice(-1), version];
  return next.join(",");
}
