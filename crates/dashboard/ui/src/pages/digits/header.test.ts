import { expect, it } from "vitest";
import { formatOf, headerOf } from "./header";

const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const big = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, at) => (value >> (8 * (bytes - 1 - at))) & 255);

const PNG = [0x89, ...ascii("PNG\r\n"), 0x1a, 0x0a];
const png = (width: number, height: number) => [
  ...PNG,
  ...big(13, 4),
  ...ascii("IHDR"),
  ...big(width, 4),
  ...big(height, 4),
];
const gif = (width: number, height: number) => [...ascii("GIF89a"), width & 255, width >> 8, height & 255, height >> 8];
const segment = (marker: number, length: number) => [
  0xff,
  marker,
  ...big(length + 2, 2),
  ...Array<number>(length).fill(0),
];
const frame = (marker: number, width: number, height: number) => [
  ...[0xff, marker],
  ...big(17, 2),
  8,
  ...big(height, 2),
  ...big(width, 2),
];
const START = [0xff, 0xd8];

it.each([
  ["png", png(4000, 3000), { width: 4000, height: 3000 }],
  ["gif", gif(640, 300), { width: 640, height: 300 }],
  ["jpeg", [...START, ...segment(0xe0, 14), ...frame(0xc0, 1200, 900)], { width: 1200, height: 900 }],
])("reads the size of a %s from its header", (format, bytes, size) => {
  expect(headerOf(Uint8Array.from(bytes))).toEqual({ format, ...size });
});

it("finds a JPEG's frame behind a profile, a table, fill bytes and a thumbnail's bytes, progressive or not", () => {
  const exif = [0xff, 0xe1, ...big(2 + 9, 2), ...frame(0xc0, 160, 120).slice(0, 9)];
  const bytes = [...START, ...exif, ...segment(0xc4, 40), 0xff, 0xff, ...frame(0xc2, 3000, 4000).slice(1)];
  expect(headerOf(Uint8Array.from(bytes))).toEqual({ format: "jpeg", width: 3000, height: 4000 });
});

it("knows a format by its bytes alone", () => {
  expect(formatOf(Uint8Array.from(ascii("GIF87a")))).toBe("gif");
  expect(formatOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]))).toBe("jpeg");
  for (const other of ["RIFF....WEBP", "BM", "<svg", "", "GIF88a"])
    expect(formatOf(Uint8Array.from(ascii(other)))).toBe(null);
});

it("says nothing of a file that ends too early or has no frame", () => {
  for (const whole of [png(10, 10), gif(10, 10), [...START, ...segment(0xe0, 14), ...frame(0xc0, 10, 10)]]) {
    for (let length = 0; length < whole.length; length++) {
      expect(headerOf(Uint8Array.from(whole.slice(0, length)))).toBe(null);
    }
  }
  expect(headerOf(Uint8Array.from([...START, ...segment(0xe0, 4), 0, 0, 0, 0]))).toBe(null);
});
