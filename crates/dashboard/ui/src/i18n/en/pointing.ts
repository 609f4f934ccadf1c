import type * as es from "../es/pointing";

export const pointing: typeof es.pointing = {
  title: "Pointing here",
  note: "Records that point to this one, the newest first.",
  none: "None",
  seeIn: (table) => `see in ${table}`,
};
