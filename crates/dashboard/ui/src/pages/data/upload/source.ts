import { newKey } from "../../../api/jobs";
import type { DateOrder, ReadingOptions } from "../../../api/observations";

/** What somebody gave to be stored. It is read once, so that what was reviewed is what is stored. */
export interface Source extends ReadingOptions {
  /** Names the bytes and how they are to be read: other bytes or another sheet have another id. */
  id: string;
  /** The file's name; null for rows that were pasted. */
  name: string | null;
  body: Blob;
  /** The file itself, so that it can be read again; null once it is mended here, where it would lose that. */
  file: File | null;
  /** Cells that were mended in the page. */
  mends: number;
}

export type SourceProblem = "tooLarge" | "unreadable" | "empty";

/** The API reads tables of up to 16 MiB. */
const MOST_BYTES = 16 * 1024 * 1024;

const TABLE = "text/csv";
const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Where the chosen table of an account is kept, also when the session ends. */
export const sourceKey = (handle: string): string => `data/${handle}/source`;
export const pastedKey = (handle: string): string => `data/${handle}/pasted`;

export const isWorkbook = (source: Source): boolean => source.body.type === WORKBOOK;

export async function sourceOfFile(file: File): Promise<Source | SourceProblem> {
  if (file.size > MOST_BYTES) return "tooLarge";
  if (file.size === 0) return "empty";
  try {
    const type = /\.xlsx$/i.test(file.name) ? WORKBOOK : TABLE;
    const bytes = await file.arrayBuffer();
    // A file that changed on the disk since it was chosen is refused by most browsers; others give a part of it.
    if (bytes.byteLength !== file.size) return "unreadable";
    return source(file.name, new Blob([bytes], { type }), file);
  } catch {
    return "unreadable";
  }
}

/** A chosen file as it is on the disk now; null where it changed since, so that it must be chosen once more. */
export async function readAgain(from: Source): Promise<Source | null> {
  if (!from.file) return from;
  const read = await sourceOfFile(from.file);
  return typeof read === "string" ? null : { ...read, order: from.order, sheet: from.sheet };
}

export function sourceOfText(text: string): Source | SourceProblem {
  const body = new Blob([text], { type: TABLE });
  if (text.trim() === "") return "empty";
  return body.size > MOST_BYTES ? "tooLarge" : source(null, body);
}

const source = (name: string | null, body: Blob, file: File | null = null): Source => ({
  id: newKey(),
  name,
  body,
  file,
  order: null,
  sheet: "",
  mends: 0,
});

/** The same bytes, to be read in another way. */
export const readAs = (from: Source, options: { order?: DateOrder | null; sheet?: string }): Source => ({
  ...from,
  ...options,
  id: newKey(),
});
