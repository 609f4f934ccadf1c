import { useCallback, useState } from "react";

/** A cell whose text is not stored, or not yet. */
export interface Unsaved {
  text: string;
  /** Why it was not stored; absent while it is being stored. */
  refusal?: string;
}

export type UnsavedOfRecord = Readonly<Record<string, Unsaved>>;

export interface Mark {
  record: string;
  field: string;
  /** Null once it is stored. */
  state: Unsaved | null;
}

/** The cells that are not stored, by record and field. */
export function useUnsaved() {
  const [unsaved, setUnsaved] = useState<Readonly<Record<string, UnsavedOfRecord>>>({});
  const mark = useCallback((marks: readonly Mark[]) => setUnsaved((all) => marked(all, marks)), []);
  return { unsaved, mark };
}

function marked(all: Readonly<Record<string, UnsavedOfRecord>>, marks: readonly Mark[]) {
  const next: Record<string, UnsavedOfRecord> = { ...all };
  for (const { record, field, state } of marks) {
    const others = Object.entries(next[record] ?? {}).filter(([one]) => one !== field);
    next[record] = Object.fromEntries(state ? [...others, [field, state] as const] : others);
  }
  return next;
}

export type Unsaveds = ReturnType<typeof useUnsaved>;
