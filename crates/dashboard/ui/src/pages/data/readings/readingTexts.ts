import type { NewReading, Reading } from "../../../api/observations";

/** A reading as it is typed. */
export interface Texts {
  /** On the account's clocks for a new one; as the API wrote it for one that is there. */
  moment: string;
  followers: string;
  posts: string;
  following: string;
}

export const textsOf = (reading: Reading | null): Texts => ({
  moment: reading?.hora ?? "",
  followers: String(reading?.seguidores ?? ""),
  posts: String(reading?.tweets ?? ""),
  following: String(reading?.siguiendo ?? ""),
});

/** What was typed, as the API takes it; null while it is not complete. */
export function valueOf({ moment, followers, posts, following }: Texts): NewReading | null {
  const [seguidores, tweets, siguiendo] = [count(followers), count(posts), count(following)];
  if (moment === "" || typeof seguidores !== "number" || tweets === undefined || siguiendo === undefined) return null;
  return { hora: moment, seguidores, tweets, siguiendo };
}

/** Null for nothing, undefined for what is no whole number. */
function count(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === "") return null;
  return /^\d{1,15}$/.test(typed) ? Number(typed) : undefined;
}
