import { useState } from "react";

/**
 * What somebody typed and has not sent. Kept in memory when their session ends and the page is emptied, given back when
 * the same person signs in again, and forgotten when somebody else does.
 */
const drafts = new Map<string, unknown>();
let owner: string | null = null;

export function keepDraftsFor(username: string): void {
  if (owner !== null && owner !== username) drafts.clear();
  owner = username;
}

/** Whether anything waits to be given back. */
export const hasDrafts = (): boolean => [...drafts.values()].some((value) => value !== null && value !== "");

export function forgetDrafts(): void {
  drafts.clear();
  owner = null;
}

/** Leaves something for the form that opens next under `key`. */
export function leaveDraft(key: string, value: unknown): void {
  drafts.set(key, value);
}

/** Like `useState`, for what is typed into a form. `key` names the form and the thing that it is about. */
export function useDraft<T>(key: string, initial: T): [T, (value: T) => void, () => void] {
  const [value, setValue] = useState<T>(() => (drafts.has(key) ? (drafts.get(key) as T) : initial));
  const change = (next: T) => {
    drafts.set(key, next);
    setValue(next);
  };
  const clear = () => {
    drafts.delete(key);
    setValue(initial);
  };
  return [value, change, clear];
}
