//! The regressors' settings: what they are, and how much work they may make.
//!
//! The limits keep a comparison of all models on three years of days under a third of a second. Where a limit bites,
//! the latest rows are kept: they resemble the future most. With 60 trees of depth 10 in a forest, 40 rounds of
//! boosting and 300 rows for boosting and support vectors, training took nearly twice as long, and no set of
//! docs/forecasting.md was forecast better by more than 0.002 of OWA.

use atalaya_domain::forecast::ModelId;
use smartcore::ensemble::extra_trees_regressor::ExtraTreesRegressorParameters;
use smartcore::ensemble::random_forest_regressor::RandomForestRegressorParameters;
use smartcore::tree::decision_tree_regressor::DecisionTreeRegressorParameters;
use smartcore::xgboost::XGRegressorParameters;

pub(crate) const RIDGE_PENALTY: f64 = 10.0;
pub(crate) const LASSO_PENALTY: f64 = 0.05;
const TREE_DEPTH: u16 = 6;
const TREE_LEAF: usize = 8;
const FOREST_TREES: usize = 25;
const EXTRA_TREES: usize = 25;
const LEVEL_TREES: usize = 20;
const FOREST_DEPTH: u16 = 8;
const FOREST_LEAF: usize = 3;
pub(crate) const NEIGHBOURS: usize = 10;
pub(crate) const TUBE: f64 = 0.1;
pub(crate) const COST: f64 = 1.0;
const BOOSTING_ROUNDS: usize = 30;
const BOOSTING_DEPTH: u16 = 3;
const BOOSTING_RATE: f64 = 0.13;
const BOOSTING_SHARE: f64 = 0.5;
/// The seed of every model that draws samples.
const SEED: u64 = 20_250_709;

/// One regression tree.
pub(crate) fn tree() -> DecisionTreeRegressorParameters {
    DecisionTreeRegressorParameters { seed: Some(SEED), ..DecisionTreeRegressorParameters::default() }
        .with_max_depth(TREE_DEPTH)
        .with_min_samples_leaf(TREE_LEAF)
}

/// A forest whose splits look at a third of `width` inputs, as Breiman (2001) advises for regression.
pub(crate) fn forest(width: usize) -> RandomForestRegressorParameters {
    RandomForestRegressorParameters::default()
        .with_n_trees(FOREST_TREES)
        .with_max_depth(FOREST_DEPTH)
        .with_min_samples_leaf(FOREST_LEAF)
        .with_m((width / 3).max(1))
        .with_seed(SEED)
}

/// Trees whose splits are drawn at random, half of the inputs a split.
pub(crate) fn extra_trees(width: usize) -> ExtraTreesRegressorParameters {
    ExtraTreesRegressorParameters::default()
        .with_n_trees(EXTRA_TREES)
        .with_max_depth(FOREST_DEPTH)
        .with_min_samples_leaf(FOREST_LEAF)
        .with_m((width / 2).max(1))
        .with_seed(SEED)
}

/// The forest on the level, which has four inputs.
pub(crate) fn level_forest() -> RandomForestRegressorParameters {
    RandomForestRegressorParameters::default()
        .with_n_trees(LEVEL_TREES)
        .with_max_depth(FOREST_DEPTH)
        .with_min_samples_leaf(FOREST_LEAF)
        .with_m(2)
        .with_seed(SEED)
}

/// Boosted trees, starting from the mean of the (centred) targets.
pub(crate) fn boosting() -> XGRegressorParameters {
    XGRegressorParameters::default()
        .with_n_estimators(BOOSTING_ROUNDS)
        .with_max_depth(BOOSTING_DEPTH)
        .with_learning_rate(BOOSTING_RATE)
        .with_subsample(BOOSTING_SHARE)
        .with_base_score(0.0)
        .with_seed(SEED)
}

/// How much of the history a model sees, and how often the backtest refits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The latest rows that it is fitted on.
    pub(crate) rows: usize,
    /// Backtest origins at which it is fitted; at those between, the fit of the origin before forecasts.
    pub(crate) fits: usize,
}

impl Settings {
    pub(crate) fn of(model: ModelId) -> Self {
        match model {
            ModelId::GradientBoosting => Self { rows: 200, fits: 3 },
            ModelId::SupportVector => Self { rows: 200, fits: 4 },
            ModelId::LevelForest => Self { rows: 500, fits: 4 },
            ModelId::Linear | ModelId::Lasso | ModelId::DecisionTree | ModelId::RandomForest | ModelId::ExtraTrees => {
                Self { rows: 1_095, fits: 4 }
            }
            _ => Self { rows: 1_095, fits: 8 },
        }
    }

    /// The settings of a regressor by name, as a report shows them.
    pub(crate) fn hyperparameters(model: ModelId) -> Vec<(String, String)> {
        let named: &[(&str, String)] = match model {
            ModelId::Ridge => &[("alpha", RIDGE_PENALTY.to_string())],
            ModelId::Lasso => &[("alpha", LASSO_PENALTY.to_string())],
            ModelId::DecisionTree => {
                &[("max_depth", TREE_DEPTH.to_string()), ("min_samples_leaf", TREE_LEAF.to_string())]
            }
            ModelId::RandomForest => &[
                ("n_trees", FOREST_TREES.to_string()),
                ("max_depth", FOREST_DEPTH.to_string()),
                ("min_samples_leaf", FOREST_LEAF.to_string()),
                ("seed", SEED.to_string()),
            ],
            ModelId::ExtraTrees => &[
                ("n_trees", EXTRA_TREES.to_string()),
                ("max_depth", FOREST_DEPTH.to_string()),
                ("min_samples_leaf", FOREST_LEAF.to_string()),
                ("seed", SEED.to_string()),
            ],
            ModelId::LevelForest => &[("n_trees", LEVEL_TREES.to_string()), ("seed", SEED.to_string())],
            ModelId::KNearest => &[("k", NEIGHBOURS.to_string())],
            ModelId::SupportVector => {
                &[("kernel", "rbf".to_string()), ("c", COST.to_string()), ("epsilon", TUBE.to_string())]
            }
            ModelId::GradientBoosting => &[
                ("n_estimators", BOOSTING_ROUNDS.to_string()),
                ("max_depth", BOOSTING_DEPTH.to_string()),
                ("learning_rate", BOOSTING_RATE.to_string()),
                ("subsample", BOOSTING_SHARE.to_string()),
                ("seed", SEED.to_string()),
            ],
            _ => &[],
        };
        let mut all: Vec<(String, String)> =
            named.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        all.push(("max_training_rows".into(), Self::of(model).rows.to_string()));
        all
    }
}
