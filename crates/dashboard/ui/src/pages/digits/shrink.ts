import { MOST_BYTES } from "../../api/digits";
import { draw, encoded } from "./decode";
import { picture, type Picture } from "./picture";

/** Digits that a person can read in a photograph are still read in one of so many pixels. */
const PIXELS = 8_000_000;
const QUALITY = 0.92;

/** A smaller copy of a picture, upright, of a kind that the API reads. Throws where the browser cannot show it. */
export async function shrink(file: Blob): Promise<Picture> {
  for (let mostPixels = PIXELS; ; mostPixels /= 2) {
    const { canvas } = await draw(file, { mostPixels });
    const blob = await encoded(onWhite(canvas), "image/jpeg", QUALITY);
    if (blob.size <= MOST_BYTES) return picture(blob, "jpeg");
  }
}

/** What was transparent would be black in a JPEG. */
function onWhite(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const ctx = canvas.getContext("2d");
  if (ctx) {
    ctx.globalCompositeOperation = "destination-over";
    ctx.fillStyle = "#fff";
    ctx.fillRect(0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
