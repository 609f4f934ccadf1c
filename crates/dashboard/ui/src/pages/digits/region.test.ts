import { expect, it } from "vitest";
import type { DigitRead } from "../../api/digits";
import { boxesOf, closeUpOf, within } from "./region";

const digit = (...caja: [number, number, number, number]): DigitRead => ({
  digito: 1,
  probabilidad: 1,
  caja,
  alternativas: [],
  revisar: false,
});

it("tells where a digit is in shares of the picture", () => {
  const answer = { ancho: 400, alto: 200, digitos: [digit(100, 50, 40, 80)] };
  expect(boxesOf(answer)).toEqual([{ x: 0.25, y: 0.25, width: 0.1, height: 0.4 }]);
});

it("shows digits that are small in a photograph from near, with air around", () => {
  const answer = { ancho: 4000, alto: 3000, digitos: [digit(1000, 1500, 100, 200), digit(1200, 1500, 100, 200)] };
  const part = closeUpOf(answer);
  expect(part).toEqual({ x: 850 / 4000, y: 1350 / 3000, width: 600 / 4000, height: 500 / 3000 });
  const [first] = boxesOf(answer);
  expect(first && within(first, part)).toEqual({
    x: expect.closeTo(1 / 4),
    y: expect.closeTo(0.3),
    width: expect.closeTo(1 / 6),
    height: expect.closeTo(0.4),
  });
});

it("never shows one digit as a narrow strip, nor anything beyond the picture", () => {
  const part = closeUpOf({ ancho: 1000, alto: 1000, digitos: [digit(0, 0, 10, 100)] });
  expect(part?.x).toBe(0);
  expect(part?.y).toBe(0);
  const alone = closeUpOf({ ancho: 1000, alto: 1000, digitos: [digit(500, 500, 10, 100)] });
  expect(alone?.width).toBeGreaterThanOrEqual((alone?.height ?? 1) - 1e-9);
});

it("shows the whole where the digits fill it, and where there are none", () => {
  expect(closeUpOf({ ancho: 100, alto: 100, digitos: [digit(10, 10, 80, 80)] })).toBe(null);
  expect(closeUpOf({ ancho: 100, alto: 100, digitos: [] })).toBe(null);
});

it("leaves a place as it is in the whole picture", () => {
  const box = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
  expect(within(box, null)).toEqual(box);
});
