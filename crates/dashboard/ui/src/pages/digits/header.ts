/** What a picture says of itself before anything of it is decoded. */
export interface Header {
  format: Format;
  width: number;
  height: number;
}

/** The formats that the API reads. */
export type Format = "png" | "jpeg" | "gif";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const GIFS = ["GIF87a", "GIF89a"].map((text) => [...text].map((letter) => letter.charCodeAt(0)));

/** By the bytes that a file begins with, whatever it is called. */
export function formatOf(bytes: Uint8Array): Format | null {
  const begins = (magic: readonly number[]) => magic.every((byte, at) => bytes[at] === byte);
  if (begins(PNG)) return "png";
  if (begins(JPEG)) return "jpeg";
  return GIFS.some(begins) ? "gif" : null;
}

/** Format and size, or null where the bytes do not tell them. */
export function headerOf(bytes: Uint8Array): Header | null {
  const format = formatOf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (format === "png") return { format, width: view.getUint32(16), height: view.getUint32(20) };
    if (format === "gif") return { format, width: view.getUint16(6, true), height: view.getUint16(8, true) };
    return format === "jpeg" ? jpegHeader(view) : null;
  } catch (error) {
    // It ends before it has told its size.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Walks the segments of a JPEG to its frame, which has the size. */
function jpegHeader(view: DataView): Header | null {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    // Any number of fill bytes may stand before a marker.
    if (marker === 0xff) at += 1;
    else if (isFrame(marker)) return { format: "jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    else if (isAlone(marker)) at += 2;
    else at += 2 + view.getUint16(at + 2);
  }
}

/** SOF0 to SOF15, without the tables and the extension that stand among them. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers without a length. */
const isAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
