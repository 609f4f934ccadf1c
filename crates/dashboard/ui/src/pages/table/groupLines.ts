import type { Span } from "./rowWindow";

/** Records of a group, by their places in it. */
export interface Part extends Span {
  group: number;
}

/** What a line of the sheet is: the heading of a group, or its record of a place. */
export type Line = { group: number; place: null } | { group: number; place: number };

/**
 * Groups as lines of a sheet: of each a heading, and below it a line for each record where it is open. Records have places
 * of their own, without the headings: what is selected or pasted passes over those.
 */
export class GroupLines {
  /** The lines of headings, and at the end how many lines there are. */
  readonly #headings: number[] = [];
  /** The places of the first records. */
  readonly #firsts: number[] = [];
  readonly places: number;
  readonly count: number;

  /** How many records of each group are shown; of a closed one none. */
  constructor(shown: readonly number[]) {
    let [line, place] = [0, 0];
    for (const records of shown) {
      this.#headings.push(line);
      this.#firsts.push(place);
      line += 1 + records;
      place += records;
    }
    [this.count, this.places] = [line, place];
  }

  at(line: number): Line | null {
    if (line < 0 || line >= this.count) return null;
    const group = lastUpTo(this.#headings, line);
    const below = line - (this.#headings[group] ?? 0);
    return { group, place: below === 0 ? null : below - 1 };
  }

  heading(group: number): number {
    return this.#headings[group] ?? this.count;
  }

  /** The places of the records from one line to another, both included. */
  placesIn(top: number, bottom: number): Span {
    return { first: this.#placesBefore(top), end: this.#placesBefore(bottom + 1) };
  }

  #placesBefore(line: number): number {
    if (line >= this.count) return this.places;
    const at = this.at(line);
    return at ? (this.#firsts[at.group] ?? 0) + (at.place ?? 0) : 0;
  }

  /** Records by their places, group by group. */
  partsOf({ first, end }: Span): Part[] {
    const parts: Part[] = [];
    let place = first;
    while (place < Math.min(end, this.places)) {
      const group = lastUpTo(this.#firsts, place);
      const start = this.#firsts[group] ?? 0;
      const stop = Math.min(end, this.#firsts[group + 1] ?? this.places);
      parts.push({ group, first: place - start, end: stop - start });
      place = stop;
    }
    return parts;
  }
}

/** The last of ascending numbers that is not above one; of equal ones the last, too, which is the one that is not empty. */
function lastUpTo(numbers: readonly number[], most: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
