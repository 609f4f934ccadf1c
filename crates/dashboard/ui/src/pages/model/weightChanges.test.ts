import { expect, test } from "vitest";
import { weightChanges } from "./weightChanges";

test("models that came in and went out are told from those that stayed", () => {
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
    { model_id: "ridge", before: 0.6, after: 0.3 },
    { model_id: "drift", before: 0.4, after: null },
  ]);
});
