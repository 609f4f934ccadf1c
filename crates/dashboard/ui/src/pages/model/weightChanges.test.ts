import { expect, test } from "vitest";
import { weightChanges } from "./weightChanges";

test("what changed most is first, and what came in or went out is told", () => {
  const changes = weightChanges(
    [
      { model_id: "ridge", model_name: "Ridge", weight: 0.6 },
      { model_id: "drift", model_name: "Drift", weight: 0.4 },
    ],
    [
      { model_id: "mstl", model_name: "MSTL", weight: 0.7 },
      { model_id: "ridge", model_name: "Ridge", weight: 0.3 },
    ],
  );
  expect(changes).toEqual([
    { model_id: "mstl", before: null, after: 0.7 },
    { model_id: "drift", before: 0.4, after: null },
    { model_id: "ridge", before: 0.6, after: 0.3 },
  ]);
});
