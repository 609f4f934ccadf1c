import type { Metrics, ModelResult } from "../../api/models";

/** How what serves did in the backtest, against the best baseline. */
export interface Verdict {
  mae: number;
  baseline: ModelResult | null;
  /** By which share the error is smaller than the baseline's; negative where it is larger, null without a baseline. */
  gain: number | null;
  servesBaseline: boolean;
  /** Decimals with which these errors are told apart. */
  decimals: number;
  /** How many steps ahead the backtest reached. */
  steps: number | null;
}

/** Errors below ten followers need a decimal to be told apart. */
export const decimalsOf = (error: number): number => (error < 10 ? 1 : 0);

export function againstBaseline(metrics: Metrics): Verdict | null {
  const served = metrics.best_model;
  if (!served) return null;
  const baseline =
    metrics.all_results.find((row) => row.is_baseline && row.model_name === metrics.baseline) ??
    metrics.all_results.find((row) => row.is_baseline) ??
    null;
  const steps = Math.max(0, ...served.coverage_by_step.map((group) => group.until));
  return {
    mae: served.mae,
    baseline,
    gain: baseline && baseline.mae > 0 ? 1 - served.mae / baseline.mae : null,
    servesBaseline: metrics.warnings.includes("BASELINE_SERVES"),
    decimals: decimalsOf(served.mae),
    steps: steps > 0 ? steps : null,
  };
}
