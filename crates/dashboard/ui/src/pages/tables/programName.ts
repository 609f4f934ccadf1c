import { plainText } from "../../format/plainText";

const LONGEST = 100;

/** The name for programs that a name for people suggests: `Campañas 2026` gives `campanas_2026`. */
export function suggestedName(displayName: string): string {
  const name = plainText(displayName)
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
  return (/^\d/.test(name) ? `_${name}` : name).slice(0, LONGEST);
}

export const isProgramName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name);
