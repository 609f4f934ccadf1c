import { expect, test } from "vitest";
import type { Metrics, ModelResult } from "../../api/models";
import { againstBaseline, decimalsOf } from "./verdict";

const result = (model_id: ModelResult["model_id"], mae: number, is_baseline: boolean): ModelResult => ({
  model_id,
  model_name: is_baseline ? (model_id === "drift" ? "Drift" : "Naive") : "Ridge",
  is_baseline,
  rmse: mae,
  mae,
  medae: mae,
  r2: null,
  r2_score: null,
  evs: null,
  mape: null,
  smape: 0,
  mase: null,
  coverage_80: 0.8,
  coverage_95: 0.95,
  coverage_by_step: [{ from: 8, until: 14, points: 10, coverage_80: 0.8, coverage_95: 0.95 }],
  msis_95: null,
  owa: null,
  weight: 0,
  fit_seconds: 0,
});

const metrics = (change: Partial<Metrics>): Metrics => ({
  account_name: "a",
  target_variable: "seguidores",
  best_model: result("ridge", 30, false),
  all_results: [result("ridge", 30, false), result("naive", 50, true), result("drift", 40, true)],
  baseline: "Drift",
  features_used: [],
  training_samples: 1,
  test_samples: 1,
  origins: 1,
  timestamp: "2026-11-29T00:00:00Z",
  model_version: 1,
  warnings: [],
  warning_texts: [],
  ...change,
});

test("what serves is held against the baseline that the API names as the best", () => {
  const verdict = againstBaseline(metrics({}));
  expect(verdict?.baseline?.model_id).toBe("drift");
  expect(verdict?.gain).toBeCloseTo(0.25);
  expect(verdict?.steps).toBe(14);
  expect(verdict?.servesBaseline).toBe(false);
});

test("a larger error than the baseline's is a negative gain", () => {
  expect(againstBaseline(metrics({ best_model: result("ridge", 50, false) }))?.gain).toBeCloseTo(-0.25);
});

test("nothing is said where the API gives no result, no baseline or a baseline without error", () => {
  expect(againstBaseline(metrics({ best_model: null }))).toBeNull();
  expect(againstBaseline(metrics({ all_results: [] }))?.gain).toBeNull();
  expect(againstBaseline(metrics({ all_results: [result("drift", 0, true)] }))?.gain).toBeNull();
});

test("a served baseline is known by its warning", () => {
  expect(againstBaseline(metrics({ warnings: ["BASELINE_SERVES"] }))?.servesBaseline).toBe(true);
});

test("small errors keep the decimals that tell them apart", () => {
  expect([0.4, 3.2, 41].map(decimalsOf)).toEqual([2, 1, 0]);
});
