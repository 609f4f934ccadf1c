/** 32 letters and digits that nobody mistakes for another: 5 bits each, so that every byte gives one without bias. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP_SIZE = 5;

/**
 * A password of 100 random bits in four groups, such as `k7mqx-…`. With its 23 characters it passes both password
 * policies, and it can be read out.
 */
export function generatedPassword(): string {
  const random = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_SIZE));
  const letters = [...random].map((byte) => ALPHABET[byte % ALPHABET.length]);
  const groups = Array.from({ length: GROUPS }, (_, at) => letters.slice(at * GROUP_SIZE, (at + 1) * GROUP_SIZE));
  return groups.map((group) => group.join("")).join("-");
}
