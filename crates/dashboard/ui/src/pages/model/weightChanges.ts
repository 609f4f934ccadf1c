import type { ModelInfo, ModelWord } from "../../api/models";

type Members = ModelInfo["members"];

interface WeightChange {
  model_id: ModelWord;
  /** Null where the model had no share. */
  before: number | null;
  after: number | null;
}

/** The models of both versions, the heaviest of the newer one first, then those that went out. */
export function weightChanges(older: Members, newer: Members): WeightChange[] {
  const weightIn = (members: Members, id: ModelWord) => members.find((one) => one.model_id === id)?.weight ?? null;
  const ids = [...new Set([...newer, ...older].map((member) => member.model_id))];
  return ids.map((model_id) => ({
    model_id,
    before: weightIn(older, model_id),
    after: weightIn(newer, model_id),
  }));
}
