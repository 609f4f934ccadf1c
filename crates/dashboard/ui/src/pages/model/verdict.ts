import type { Metrics, ModelResult } from "../../api/models";

/** How what serves did in the backtest, against the best baseline. */
export interface Verdict {
  mae: number;
  baseline: ModelResult | null;
  /** By which share the error is smaller than the baseline's; negative where it is larger, null without a baseline. */
  gain: number | null;
  servesBaseline: boolean;
  /** How many steps ahead the backtest reached; null where that was not kept. */
  steps: number | null;
}

/** Errors of few followers need decimals to be told apart. */
export const decimalsOf = (error: number): number => (error < 1 ? 2 : error < 10 ? 1 : 0);

/** By which share an error is smaller than the baseline's; null where the baseline made none. */
export const gainOver = (baseline: number, error: number): number | null =>
  baseline > 0 ? 1 - error / baseline : null;

export function againstBaseline(metrics: Metrics): Verdict | null {
  const served = metrics.best_model;
  if (!served) return null;
  const baselines = metrics.all_results.filter((row) => row.is_baseline);
  const baseline = baselines.find((row) => row.model_name === metrics.baseline) ?? baselines[0] ?? null;
  const steps = Math.max(0, ...served.coverage_by_step.map((group) => group.until));
  return {
    mae: served.mae,
    baseline,
    gain: baseline && gainOver(baseline.mae, served.mae),
    servesBaseline: metrics.warnings.includes("BASELINE_SERVES"),
    steps: steps > 0 ? steps : null,
  };
}
