import type { NewReading, Reading } from "../../../api/observations";
import type { Day } from "../../../format/dates";

/** A reading as it is typed. */
export interface Texts {
  /** The day and the time of a new one, on the account's clocks. */
  day: Day | "";
  time: string;
  followers: string;
  posts: string;
  following: string;
}

/** A day is told by its last reading, so that a new one is proposed for its end. */
const END_OF_DAY = "23:59";

export const textsOf = (reading: Reading | null): Texts => ({
  day: "",
  time: END_OF_DAY,
  followers: String(reading?.seguidores ?? ""),
  posts: String(reading?.tweets ?? ""),
  following: String(reading?.siguiendo ?? ""),
});

export const isTime = (text: string): boolean => /^([01]?\d|2[0-3]):[0-5]\d$/.test(text.trim());

/** What was typed, as the API takes it; null while it is not complete. One that is there keeps its time. */
export function valueOf(reading: Reading | null, texts: Texts): NewReading | null {
  const [seguidores, tweets, siguiendo] = [texts.followers, texts.posts, texts.following].map(count);
  const hora = reading?.hora ?? momentOf(texts);
  if (hora === null || typeof seguidores !== "number" || tweets === undefined || siguiendo === undefined) return null;
  return { hora, seguidores, tweets, siguiendo };
}

const momentOf = ({ day, time }: Texts): string | null =>
  day !== "" && isTime(time) ? `${day} ${time.trim().padStart(5, "0")}` : null;

/** Null for nothing, undefined for what is no whole number. */
function count(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === "") return null;
  return /^\d{1,15}$/.test(typed) ? Number(typed) : undefined;
}
