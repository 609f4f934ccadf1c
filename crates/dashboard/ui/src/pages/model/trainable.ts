import type { TrainableModel } from "../../api/models";

/** The models that a training may leave out; baselines are always compared. */
export const TRAINABLE = {
  smoothing: ["ses", "ets", "holt", "damped_holt", "theta", "optimised_theta", "dynamic_theta", "mstl"],
  linear: ["linear_regression", "ridge", "lasso"],
  trees: [
    "decision_tree",
    "random_forest",
    "extra_trees",
    "k_nearest",
    "support_vector",
    "gradient_boosting",
    "level_forest",
  ],
} as const satisfies Record<string, readonly TrainableModel[]>;

export const GROUPS = ["smoothing", "linear", "trees"] as const;

export const ALL_TRAINABLE: readonly TrainableModel[] = GROUPS.flatMap((group) => [...TRAINABLE[group]]);
