import type { DigitsRead } from "../../api/digits";

/** The places of the digits by the rows of the picture, which the reading keeps apart by spaces. */
export function rowsOf({ lectura, digitos }: Pick<DigitsRead, "lectura" | "digitos">): number[][] {
  const rows: number[][] = [];
  let at = 0;
  for (const row of lectura.split(" ")) {
    if (row !== "") rows.push(Array.from(row, () => at++));
  }
  // A reading that does not tell of each digit says nothing of their rows.
  return at === digitos.length ? rows : [digitos.map((_, place) => place)];
}
