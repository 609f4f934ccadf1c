import type { DigitsRead } from "../../api/digits";

/** A rectangle, in shares of what it lies in: 0 to 1. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

const WHOLE: Region = { x: 0, y: 0, width: 1, height: 1 };
/** Air around the digits, as a multiple of the highest one. */
const AIR = 0.75;
/** Where the digits and their air fill more than this of both sides, a close-up shows nothing new. */
const FULL = 0.7;
/** A close-up of one digit shows some of what is around it. */
const LEAST_RATIO = 1;

type Sized = Pick<DigitsRead, "digitos" | "ancho" | "alto">;

/** Where the digits are, of the whole picture, in the order of the reading. */
export const boxesOf = ({ digitos, ancho, alto }: Sized): Region[] =>
  digitos.map(({ caja: [x, y, width, height] }) => ({
    x: x / ancho,
    y: y / alto,
    width: width / ancho,
    height: height / alto,
  }));

/** The part of the picture with the digits and some air; null where that is nearly the whole, or nothing was found. */
export function closeUpOf(answer: Sized): Region | null {
  const { digitos, ancho, alto } = answer;
  if (digitos.length === 0) return null;
  const air = AIR * Math.max(...digitos.map(({ caja: [, , , height] }) => height));
  let [left, right] = [Math.min(...digitos.map(({ caja: [x] }) => x)), Math.max(...digitos.map(rightOf))];
  const top = Math.max(0, Math.min(...digitos.map(({ caja: [, y] }) => y)) - air);
  const bottom = Math.min(alto, Math.max(...digitos.map(bottomOf)) + air);
  const missing = Math.max(0, (bottom - top) * LEAST_RATIO - (right - left + 2 * air));
  left = Math.max(0, left - air - missing / 2);
  right = Math.min(ancho, right + air + missing / 2);
  const part = { x: left / ancho, y: top / alto, width: (right - left) / ancho, height: (bottom - top) / alto };
  return part.width > FULL && part.height > FULL ? null : part;
}

const rightOf = ({ caja: [x, , width] }: DigitsRead["digitos"][number]) => x + width;
const bottomOf = ({ caja: [, y, , height] }: DigitsRead["digitos"][number]) => y + height;

/** The same rectangle, of a part of the picture instead of the whole. */
export const within = (box: Region, part: Region | null): Region => {
  const { x, y, width, height } = part ?? WHOLE;
  return {
    x: (box.x - x) / width,
    y: (box.y - y) / height,
    width: box.width / width,
    height: box.height / height,
  };
};
