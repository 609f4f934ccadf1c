import { MOST_BYTES, MOST_PIXELS } from "../../api/digits";
import { newKey } from "../../api/jobs";
import { formatOf, headerOf, type Format } from "./header";
import { decodes } from "./decode";

/** A picture that the API can read, as far as the page can tell. */
export interface Picture {
  id: string;
  blob: Blob;
  /** Under which it is sent. */
  name: string;
  isDrawing: boolean;
}

/** Why a file cannot be sent as it is. The page can make a smaller copy, or one of another kind, of some. */
export type Refusal =
  | { why: "empty" | "kind" | "unreadable"; file: Blob }
  | { why: "convertible"; file: Blob }
  | { why: "tooHeavy"; file: Blob; bytes: number }
  | { why: "tooLarge"; file: Blob; megapixels: number };

const EXTENSIONS: Record<Format, string> = { png: "png", jpeg: "jpg", gif: "gif" };
/** The longest of the magic bytes. */
const HEAD = 8;

export const picture = (blob: Blob, format: Format, isDrawing = false): Picture => ({
  id: newKey(),
  blob,
  name: `digits.${EXTENSIONS[format]}`,
  isDrawing,
});

/** Looks at a file before it is sent, as the API will: its kind, its weight, the pixels that it claims. */
export async function check(file: Blob): Promise<Picture | Refusal> {
  if (file.size === 0) return { why: "empty", file };
  try {
    const format = formatOf(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
    if (!format) return { why: (await decodes(file)) ? "convertible" : "kind", file };
    if (file.size > MOST_BYTES) return { why: "tooHeavy", file, bytes: file.size };
    // Read once, so that what was looked at is what is sent.
    const bytes = new Uint8Array(await file.arrayBuffer());
    const header = headerOf(bytes);
    const pixels = header ? header.width * header.height : 0;
    if (pixels > MOST_PIXELS) return { why: "tooLarge", file, megapixels: pixels / 1e6 };
    return picture(new Blob([bytes], { type: `image/${format}` }), format);
  } catch {
    // It was taken away, or changed on the disk since it was chosen.
    return { why: "unreadable", file };
  }
}
