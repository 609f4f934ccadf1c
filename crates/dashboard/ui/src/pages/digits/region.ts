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

/** In pixels of the whole picture. */
const areasOf = ({ digitos }: Sized): Region[] =>
  digitos.map(({ caja: [x = 0, y = 0, width = 0, height = 0] }) => ({ x, y, width, height }));

/** Where the digits are, of the whole picture, in the order of the reading. */
export const boxesOf = (answer: Sized): Region[] =>
  areasOf(answer).map(({ x, y, width, height }) => ({
    x: x / answer.ancho,
    y: y / answer.alto,
    width: width / answer.ancho,
    height: height / answer.alto,
  }));

/** The part of the picture with the digits and some air; null where that is nearly the whole, or nothing was found. */
export function closeUpOf(answer: Sized): Region | null {
  const areas = areasOf(answer);
  if (areas.length === 0) return null;
  const air = AIR * Math.max(...areas.map(({ height }) => height));
  const top = Math.max(0, Math.min(...areas.map(({ y }) => y)) - air);
  const bottom = Math.min(answer.alto, Math.max(...areas.map(({ y, height }) => y + height)) + air);
  const [first, last] = [Math.min(...areas.map(({ x }) => x)), Math.max(...areas.map(({ x, width }) => x + width))];
  const beside = Math.max(air, ((bottom - top) * LEAST_RATIO - (last - first)) / 2);
  const [left, right] = [Math.max(0, first - beside), Math.min(answer.ancho, last + beside)];
  const part = {
    x: left / answer.ancho,
    y: top / answer.alto,
    width: (right - left) / answer.ancho,
    height: (bottom - top) / answer.alto,
  };
  return part.width > FULL && part.height > FULL ? null : part;
}

/** The same rectangle, of a part of the picture instead of the whole. */
export function within(box: Region, part: Region | null): Region {
  const { x, y, width, height } = part ?? WHOLE;
  return {
    x: (box.x - x) / width,
    y: (box.y - y) / height,
    width: box.width / width,
    height: box.height / height,
  };
}
