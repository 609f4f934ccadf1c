import type { Overview } from "../../api/overview";

export type Step = "account" | "history" | "model";

/** What a bank does next that has no forecast yet; null where it has begun its work, or has several accounts. */
export function firstStepOf({ totals, accounts }: Overview): Step | null {
  if (totals.accounts === 0) return "account";
  const only = totals.accounts === 1 ? accounts[0] : undefined;
  if (!only) return null;
  if (only.seguidores === null) return "history";
  return only.model.state === "untrained" ? "model" : null;
}
