//! The models that a training run can compare.

use std::fmt;
use std::str::FromStr;

macro_rules! models {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $name:literal;)*) => {
        /// Every model that a training run can compare.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ModelId { $($(#[$doc])* $variant,)* }

        impl ModelId {
            /// Every model, baselines first.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The wire word, such as `random_forest`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The readable name, such as `Random Forest`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl FromStr for ModelId {
            type Err = UnknownModel;
            fn from_str(text: &str) -> Result<Self, UnknownModel> {
                match text { $($id => Ok(Self::$variant),)* _ => Err(UnknownModel) }
            }
        }
    };
}

models! {
    /// Repeats the last value.
    Naive = "naive", "Naive";
    /// Adds the mean change of the whole history at each step.
    Drift = "drift", "Drift";
    /// Adds the exponentially weighted mean of the last 28 changes at each step.
    RecentDrift = "recent_drift", "Recent Drift";
    /// Repeats the changes of the last week (of the last day on an hourly grid).
    SeasonalNaive = "seasonal_naive", "Seasonal Naive";
    /// Exponential smoothing of the level alone (Brown 1959).
    Ses = "ses", "Simple Exponential Smoothing";
    /// Simple, Holt's or damped exponential smoothing, whichever the corrected information criterion prefers
    /// (Hyndman et al. 2002).
    Ets = "ets", "Exponential Smoothing";
    /// Exponential smoothing of level and trend (Holt 1957).
    Holt = "holt", "Holt";
    /// Holt's method with a trend that flattens out (Gardner & `McKenzie` 1985).
    DampedHolt = "damped_holt", "Damped Holt";
    /// The theta method (Assimakopoulos & Nikolopoulos 2000).
    Theta = "theta", "Theta";
    /// The theta method with an optimised theta line (Fiorucci et al. 2016).
    OptimisedTheta = "optimised_theta", "Optimised Theta";
    /// The same with a linear part that moves with the series (Fiorucci et al. 2016).
    DynamicTheta = "dynamic_theta", "Dynamic Optimised Theta";
    /// A seasonal decomposition (Cleveland et al. 1990; Bandara et al. 2021), where the season is significant.
    Mstl = "mstl", "MSTL";
    /// Ordinary least squares.
    Linear = "linear_regression", "Linear Regression";
    /// Least squares with an L2 penalty.
    Ridge = "ridge", "Ridge";
    /// Least squares with an L1 penalty.
    Lasso = "lasso", "Lasso";
    /// One regression tree.
    DecisionTree = "decision_tree", "Decision Tree";
    /// A forest of trees on bootstrap samples (Breiman 2001).
    RandomForest = "random_forest", "Random Forest";
    /// A forest of trees whose splits are drawn at random (Geurts et al. 2006).
    ExtraTrees = "extra_trees", "Extra Trees";
    /// The mean of the nearest neighbours.
    KNearest = "k_nearest", "K-Nearest Neighbors";
    /// Support-vector regression.
    SupportVector = "support_vector", "Support Vector";
    /// Gradient-boosted trees (Chen & Guestrin 2016).
    GradientBoosting = "gradient_boosting", "Gradient Boosting";
    /// A forest on the level with calendar inputs, for comparison: it cannot go beyond what it has seen.
    LevelForest = "level_forest", "Random Forest on the Level";
    /// The weighted mean of the best of the others: what serves.
    Combination = "combination", "Combination";
}

impl ModelId {
    /// The models that can be asked for: all but the combination, which is made of them.
    pub fn choices() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|model| *model != Self::Combination)
    }

    /// Whether this is one of the baselines that every other model has to beat.
    #[must_use]
    pub fn is_baseline(self) -> bool {
        matches!(self, Self::Naive | Self::Drift | Self::RecentDrift | Self::SeasonalNaive)
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such model")]
pub struct UnknownModel;
