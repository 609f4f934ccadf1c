import { newKey } from "../../../api/jobs";
import { FOUND_OUT, type ImportOptions } from "../../../api/importOptions";
import type { Source } from "../../data/upload/source";

/** A file and what was told of it. Other bytes or other options have another id. */
export interface Chosen {
  id: string;
  source: Source;
  options: ImportOptions;
}

/** Where the chosen file of a table is kept, also when the session ends. */
export const chosenKey = (table: string): string => `tables/${table}/import`;

export const chosenOf = (source: Source, options: ImportOptions = FOUND_OUT): Chosen => ({
  id: newKey(),
  source,
  options,
});
