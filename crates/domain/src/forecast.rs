//! The vocabulary of forecasting: what is asked for, what a training run found, what an answer holds.
//!
//! Nothing here computes a forecast; that is the prediction crate's work behind the `Forecaster` port.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use crate::observation::{Followers, whole_followers};

/// A prediction level in whole percent, 1 to 99: an interval at level 80 should hold the truth eight times in ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// The levels that an answer carries unless the caller names others.
    pub const DEFAULTS: [Self; 2] = [Self(80), Self(95)];

    /// # Errors
    /// [`InvalidLevel`] outside 1 to 99.
    pub fn new(percent: u8) -> Result<Self, InvalidLevel> {
        if (1..=99).contains(&percent) { Ok(Self(percent)) } else { Err(InvalidLevel) }
    }

    /// In percent, 1 to 99.
    #[must_use]
    pub fn percent(self) -> u8 {
        self.0
    }

    /// As a probability, 0.01 to 0.99.
    #[must_use]
    pub fn probability(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// A prediction level outside 1 to 99 percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a prediction level is a whole number of percent from 1 to 99")]
pub struct InvalidLevel;

/// How many days ahead, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Horizon(u16);

impl Horizon {
    /// The longest horizon that a version's path is ever computed for, in days.
    pub const LONGEST: u16 = 3_660;

    /// # Errors
    /// [`InvalidHorizon`] for 0 or for more than [`Self::LONGEST`] days.
    pub fn new(days: u16) -> Result<Self, InvalidHorizon> {
        if (1..=Self::LONGEST).contains(&days) { Ok(Self(days)) } else { Err(InvalidHorizon) }
    }

    /// In days.
    #[must_use]
    pub fn days(self) -> u16 {
        self.0
    }
}

/// A horizon of no day or of more than ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a horizon is a whole number of days from 1 to {}", Horizon::LONGEST)]
pub struct InvalidHorizon;

/// The distance between two points of the regular series that a model was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grid {
    /// The last value of each day in the account's time zone.
    Daily,
    /// The last value of each hour: for accounts with a few days of history.
    Hourly,
}

impl Grid {
    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Hourly => "hourly",
        }
    }
}

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
    /// Repeats the changes of the last week (of the last day on an hourly grid).
    SeasonalNaive = "seasonal_naive", "Seasonal Naive";
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
    /// The mean of the nearest neighbours.
    KNearest = "k_nearest", "K-Nearest Neighbors";
    /// Support-vector regression.
    SupportVector = "support_vector", "Support Vector";
    /// Gradient-boosted trees (Chen & Guestrin 2016).
    GradientBoosting = "gradient_boosting", "Gradient Boosting";
}

impl ModelId {
    /// Whether this is one of the baselines that every other model has to beat.
    #[must_use]
    pub fn is_baseline(self) -> bool {
        matches!(self, Self::Naive | Self::Drift | Self::SeasonalNaive)
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

/// An error measure by which models are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Mean absolute error, in followers.
    Mae,
    /// Root mean squared error, in followers.
    Rmse,
    /// Mean absolute percentage error, in percent.
    Mape,
    /// Symmetric mean absolute percentage error, in percent, 0 to 200 (Makridakis 1993).
    Smape,
    /// Mean absolute scaled error (Hyndman & Koehler 2006).
    Mase,
    /// Coefficient of determination; the only one here of which more is better.
    R2,
}

impl Metric {
    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mae => "mae",
            Self::Rmse => "rmse",
            Self::Mape => "mape",
            Self::Smape => "smape",
            Self::Mase => "mase",
            Self::R2 => "r2_score",
        }
    }
}

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(text: &str) -> Result<Self, UnknownMetric> {
        match text {
            "mae" => Ok(Self::Mae),
            "rmse" => Ok(Self::Rmse),
            "mape" => Ok(Self::Mape),
            "smape" => Ok(Self::Smape),
            "mase" => Ok(Self::Mase),
            "r2" | "r2_score" => Ok(Self::R2),
            _ => Err(UnknownMetric),
        }
    }
}

/// A word that names no error measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such metric")]
pub struct UnknownMetric;

/// By what mixture of measures models are ranked; the weights are not negative and one is above zero.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricWeights(Vec<(Metric, f64)>);

impl MetricWeights {
    /// The largest weight: sums of weighted errors stay far from the ends of a float.
    pub const LARGEST: f64 = 1e6;

    /// # Errors
    /// [`InvalidWeights`] when a weight is not a number from 0 to [`Self::LARGEST`], or when none is above zero.
    pub fn new(weights: Vec<(Metric, f64)>) -> Result<Self, InvalidWeights> {
        let sound = weights.iter().all(|(_, weight)| (0.0..=Self::LARGEST).contains(weight));
        if sound && weights.iter().any(|(_, weight)| *weight > 0.0) { Ok(Self(weights)) } else { Err(InvalidWeights) }
    }

    /// The measures and their weights.
    #[must_use]
    pub fn as_slice(&self) -> &[(Metric, f64)] {
        &self.0
    }
}

impl Default for MetricWeights {
    /// MASE alone.
    fn default() -> Self {
        Self(vec![(Metric::Mase, 1.0)])
    }
}

/// Weights of which one is out of bounds or not a number, or of which none counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("weights are numbers from 0 to {}, and at least one is above zero", MetricWeights::LARGEST)]
pub struct InvalidWeights;

/// One model's error over every backtest origin and step. A measure that the data leave undefined is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelScore {
    /// The model.
    pub model: ModelId,
    /// Mean absolute error, in followers.
    pub mae: f64,
    /// Root mean squared error, in followers.
    pub rmse: f64,
    /// Median absolute error, in followers.
    pub medae: f64,
    /// Coefficient of determination against the mean of the test points; undefined where those are all equal.
    pub r2: Option<f64>,
    /// Explained variance; undefined where the test points are all equal.
    pub evs: Option<f64>,
    /// Mean absolute percentage error, in percent; undefined where a test point is zero.
    pub mape: Option<f64>,
    /// Symmetric mean absolute percentage error, in percent, 0 to 200.
    pub smape: f64,
    /// Mean absolute scaled error (Hyndman & Koehler 2006), scaled by the in-sample one-step naive error; 0 is perfect.
    /// Undefined where the history never moves.
    pub mase: Option<f64>,
    /// Share of test points inside the 80 % interval, 0 to 1.
    pub coverage_80: f64,
    /// Share of test points inside the 95 % interval, 0 to 1.
    pub coverage_95: f64,
    /// What its fits took, all origins together.
    pub fit_time: Duration,
}

/// One input of the models.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Such as `change_lag_1` or `weekday_monday`.
    pub name: String,
    /// How much the served model leans on it: shares that add up to 1, or 0 for a baseline, which has no inputs.
    pub importance: f64,
    /// Its value at the first step after the history.
    pub latest: f64,
}

/// What a reader of a forecast should know besides the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Newer observations exist than the model was trained on.
    StaleModel,
    /// The date lies in the history and no backtest covers it: a fitted value, not a forecast.
    InSample,
    /// No model beat the best baseline in backtest, so the baseline answers.
    BaselineServes,
    /// Fewer than 30 days of history: an hourly series, served at most 14 days ahead.
    HourlyGrid,
    /// So little history that the error measures rest on few origins.
    ShortHistory,
    /// The history has days (hours) without an observation; they were left out, not filled.
    GapsInHistory,
    /// The caller's assumptions about activity did not enter: the served model does not use activity.
    AssumptionsUnused,
    /// The backtest coverage of the intervals is far from their level.
    PoorCoverage,
}

impl Warning {
    /// Every warning.
    pub const ALL: &[Self] = &[
        Self::StaleModel,
        Self::InSample,
        Self::BaselineServes,
        Self::HourlyGrid,
        Self::ShortHistory,
        Self::GapsInHistory,
        Self::AssumptionsUnused,
        Self::PoorCoverage,
    ];

    /// The wire word; docs/forecasting.md explains each.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::StaleModel => "STALE_MODEL",
            Self::InSample => "IN_SAMPLE",
            Self::BaselineServes => "BASELINE_SERVES",
            Self::HourlyGrid => "HOURLY_GRID",
            Self::ShortHistory => "SHORT_HISTORY",
            Self::GapsInHistory => "GAPS_IN_HISTORY",
            Self::AssumptionsUnused => "ASSUMPTIONS_UNUSED",
            Self::PoorCoverage => "POOR_COVERAGE",
        }
    }
}

/// What a training run found. It is stored with the version and never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingReport {
    /// The model that answers: the best regressor, or the best baseline where no regressor beats it.
    pub served: ModelId,
    /// The best baseline.
    pub baseline: ModelId,
    /// The spacing of the series.
    pub grid: Grid,
    /// Every compared model, best first by the caller's weights, baselines among them.
    pub scores: Vec<ModelScore>,
    /// Models that could not be fitted, with the reason.
    pub failures: Vec<(ModelId, String)>,
    /// Rows that the served model was finally fitted on.
    pub training_samples: u32,
    /// Forecast-and-truth pairs in the backtest of one model.
    pub test_samples: u32,
    /// Rolling origins of the backtest.
    pub origins: u32,
    /// The inputs, most important first; empty where only baselines were compared.
    pub features: Vec<Feature>,
    /// Settings of the served model, by name.
    pub hyperparameters: Vec<(String, String)>,
    /// Time of the first observation used.
    pub data_from: DateTime<Utc>,
    /// Time of the last observation used.
    pub data_until: DateTime<Utc>,
    /// The local date of the last point; forecasts begin on the next one (on an hourly grid, in the next hour).
    pub last_date: NaiveDate,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
}

impl TrainingReport {
    /// The score of a compared model.
    #[must_use]
    pub fn score_of(&self, model: ModelId) -> Option<&ModelScore> {
        self.scores.iter().find(|score| score.model == model)
    }

    /// Names of the inputs.
    #[must_use]
    pub fn feature_names(&self) -> Vec<String> {
        self.features.iter().map(|feature| feature.name.clone()).collect()
    }
}

/// An interval that should hold the truth with the probability of its level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its level.
    pub level: Level,
    /// Lower bound, in followers.
    pub lower: f64,
    /// Upper bound, in followers.
    pub upper: f64,
}

/// Where a value for a date comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// After the history: a forecast.
    Forecast,
    /// In the history: what a backtest forecast for it from an earlier origin.
    Backtest,
    /// In the history, without a backtest: the fitted value.
    InSample,
}

/// The expected followers at the end of one date.
#[derive(Debug, Clone, PartialEq)]
pub struct PointForecast {
    /// The local date.
    pub date: NaiveDate,
    /// Days after the last date of the history; 0 or less inside it.
    pub horizon_days: i32,
    /// The expected value, in followers, not rounded.
    pub mean: f64,
    /// One interval for each level asked for, in that order.
    pub intervals: Vec<Interval>,
    /// What the best baseline expects, in followers.
    pub baseline: f64,
    /// Where the value comes from.
    pub basis: Basis,
}

/// An interval in whole followers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholeInterval {
    /// Its level.
    pub level: Level,
    /// Rounded down.
    pub lower: Followers,
    /// Rounded up.
    pub upper: Followers,
}

impl PointForecast {
    /// The expected value in whole followers.
    #[must_use]
    pub fn whole_mean(&self) -> Followers {
        whole_followers(self.mean.round())
    }

    /// The baseline's value in whole followers.
    #[must_use]
    pub fn whole_baseline(&self) -> Followers {
        whole_followers(self.baseline.round())
    }

    /// The intervals in whole followers, rounded outwards so that they keep their level.
    #[must_use]
    pub fn whole_intervals(&self) -> Vec<WholeInterval> {
        self.intervals
            .iter()
            .map(|interval| WholeInterval {
                level: interval.level,
                lower: whole_followers(interval.lower.floor()),
                upper: whole_followers(interval.upper.ceil()),
            })
            .collect()
    }
}

/// The caller's assumptions about future activity.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Assumptions {
    /// Posts a day (not a running total).
    pub posts_per_day: Option<f64>,
}

/// A date that a trained model cannot speak about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfReach {
    /// Before the first observation.
    #[error("the history begins on {first}")]
    BeforeHistory {
        /// The first date of the history.
        first: NaiveDate,
    },
    /// Further ahead than the path reaches.
    #[error("forecasts reach until {last}")]
    BeyondHorizon {
        /// The last date that can be asked for.
        last: NaiveDate,
    },
}
