import type { Region } from "./region";

/** Turned as cameras say, as the API counts its pixels, too. */
const UPRIGHT: ImageBitmapOptions = { imageOrientation: "from-image" };

/** Whether the browser can show it. */
export async function decodes(blob: Blob): Promise<boolean> {
  try {
    (await createImageBitmap(blob)).close();
    return true;
  } catch {
    return false;
  }
}

export interface Drawn {
  canvas: HTMLCanvasElement;
  /** Size of the whole picture, in pixels. */
  width: number;
  height: number;
}

interface Wanted {
  /** The part to draw, in shares of the whole. */
  part?: Region | null;
  /** Drawn with at most so many pixels on its longer side, or in all. */
  longest?: number;
  mostPixels?: number;
}

/**
 * Draws a picture, or a part of it, onto a canvas. A canvas needs no address, so that the page's policy can stay as it
 * is; and what was decoded is let go at once: a photograph takes 50 MB and more.
 */
export async function draw(blob: Blob, { part, longest = Infinity, mostPixels = Infinity }: Wanted): Promise<Drawn> {
  const bitmap = await createImageBitmap(blob, UPRIGHT);
  try {
    const { width, height } = bitmap;
    const { x, y, ...size } = part ?? { x: 0, y: 0, width: 1, height: 1 };
    const [wide, high] = [size.width * width, size.height * height];
    const scale = Math.min(1, longest / Math.max(wide, high), Math.sqrt(mostPixels / (wide * high)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.floor(wide * scale));
    canvas.height = Math.max(1, Math.floor(high * scale));
    const ctx = canvas.getContext("2d");
    if (!ctx) throw new Error("the browser gives no canvas");
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(bitmap, x * width, y * height, wide, high, 0, 0, canvas.width, canvas.height);
    return { canvas, width, height };
  } finally {
    bitmap.close();
  }
}

export const encoded = (canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), type, quality),
  );
