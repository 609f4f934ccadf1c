import { encoded } from "./decode";
import { picture, type Picture } from "./picture";
import { cutOf, ink, type Stroke } from "./strokes";

/** A drawing as a picture: dark on white paper, cut to what was drawn. Null for an empty paper. */
export async function pictureOfDrawing(strokes: readonly Stroke[]): Promise<Picture | null> {
  const cut = cutOf(strokes);
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d");
  if (!cut || !ctx) return null;
  canvas.width = cut.width;
  canvas.height = cut.height;
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, cut.width, cut.height);
  ctx.translate(-cut.x, -cut.y);
  ink(ctx, strokes);
  return picture(await encoded(canvas, "image/png"), "png", true);
}
