import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MOST_BYTES } from "../../api/digits";
import { check } from "./picture";

// The ids are made beside requests, which need a session.
vi.mock("../../api/client", () => ({ api: {}, call: () => undefined, authorized: () => undefined }));

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const be = (value: number) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const png = (width: number, height: number, more = 0) =>
  new Blob([Uint8Array.from([...PNG, 0, 0, 0, 13, 73, 72, 68, 82, ...be(width), ...be(height)]), new Uint8Array(more)]);

const decoder = vi.fn();
beforeEach(() => {
  decoder.mockReset().mockRejectedValue(new Error("not a picture"));
  vi.stubGlobal("createImageBitmap", decoder);
});
afterEach(() => vi.unstubAllGlobals());

it("sends a picture under a name that tells its format and nothing else", async () => {
  const file = new File([png(300, 100)], "DNI de Ana Quispe.txt", { type: "text/plain" });
  const checked = await check(file);
  expect(checked).toMatchObject({ name: "digits.png", isDrawing: false });
  expect("blob" in checked && [checked.blob.type, checked.blob.size]).toEqual(["image/png", file.size]);
  expect(decoder).not.toHaveBeenCalled();
});

it("counts the pixels before anything is decoded", async () => {
  expect(await check(png(5000, 5000))).toMatchObject({ name: "digits.png" });
  expect(await check(png(5001, 5000))).toMatchObject({ why: "tooLarge", megapixels: 25.005 });
  expect(await check(png(65_000, 65_000))).toMatchObject({ why: "tooLarge" });
  expect(decoder).not.toHaveBeenCalled();
});

it("weighs a picture", async () => {
  const file = png(10, 10, MOST_BYTES);
  expect(await check(file)).toMatchObject({ why: "tooHeavy", bytes: file.size, file });
});

it("tells a picture of another kind, which it can convert, from what is none", async () => {
  const other = new Blob(["RIFF....WEBP"]);
  expect(await check(other)).toEqual({ why: "kind", file: other });
  decoder.mockResolvedValue({ close: () => undefined });
  expect(await check(other)).toEqual({ why: "convertible", file: other });
});

it("leaves what cannot be told from the header to the server", async () => {
  expect(await check(new Blob([Uint8Array.from(PNG)]))).toMatchObject({ name: "digits.png" });
});

it("sends no empty file and none that cannot be read any more", async () => {
  expect(await check(new Blob([]))).toMatchObject({ why: "empty" });
  const gone = png(10, 10);
  gone.slice = () => {
    throw new DOMException("gone", "NotReadableError");
  };
  expect(await check(gone)).toMatchObject({ why: "unreadable" });
});
