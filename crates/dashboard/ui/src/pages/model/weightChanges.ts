import type { ModelInfo, ModelWord } from "../../api/models";

type Members = ModelInfo["members"];

interface WeightChange {
  model_id: ModelWord;
  /** Null where the model had no share. */
  before: number | null;
  after: number | null;
}

/** The models of both versions, those whose share changed most first. */
export function weightChanges(older: Members, newer: Members): WeightChange[] {
  const weightIn = (members: Members, id: ModelWord) => members.find((one) => one.model_id === id)?.weight ?? null;
  const ids = [...new Set([...newer, ...older].map((member) => member.model_id))];
  const changes = ids.map((model_id) => ({
    model_id,
    before: weightIn(older, model_id),
    after: weightIn(newer, model_id),
  }));
  const size = ({ before, after }: WeightChange) => Math.abs((after ?? 0) - (before ?? 0));
  return changes.sort((a, b) => size(b) - size(a));
}
