//! What a training run found.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::{CovariateOutcome, Grid, GridChoice, ModelId, StepCoverage};

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
    /// The same by how many steps ahead the test points were, nearest first; empty for versions that were trained
    /// before it was kept.
    pub coverage_by_step: Vec<StepCoverage>,
    /// Mean scaled interval score of the 95 % interval (Gneiting & Raftery 2007): its mean width plus 40 times what
    /// lies outside, scaled as MASE is; less is better. Undefined where the history never moves.
    pub msis_95: Option<f64>,
    /// What its fits took, all origins together.
    pub fit_time: Duration,
}

/// One model of the combination that serves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// The model.
    pub model: ModelId,
    /// Its share, above 0; the shares of a combination add up to 1.
    pub weight: f64,
}

/// A lasting jump of the level that is not the account's own growth, such as a platform's purge of false followers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelShift {
    /// The local date on which it shows.
    pub date: NaiveDate,
    /// By how many followers; negative for a loss.
    pub size: f64,
}

/// A value that went away and came back: a misreading, left out of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlier {
    /// Its local date.
    pub date: NaiveDate,
    /// What was observed, in followers.
    pub observed: f64,
    /// What its neighbours let expect, in followers.
    pub expected: f64,
}

/// The forecast of the first date after the history in plain parts, in followers, which add up to it exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Explanation {
    /// The date.
    pub date: NaiveDate,
    /// The last value of the history.
    pub last_value: f64,
    /// What the recent mean change adds until then.
    pub trend: f64,
    /// What the weekday usually adds to that or takes away.
    pub weekday: f64,
    /// What the assumed activity adds against none.
    pub activity: f64,
    /// What the covariates add against none; 0 where none is kept.
    pub covariates: f64,
    /// What the combined models say besides.
    pub correction: f64,
}

impl Explanation {
    /// The forecast, in followers.
    #[must_use]
    pub fn prediction(&self) -> f64 {
        self.last_value + self.trend + self.weekday + self.activity + self.covariates + self.correction
    }
}

/// One input of the models.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Such as `change_lag_1` or `weekday_monday`.
    pub name: String,
    /// Permutation importance (Breiman 2001): by how many followers a step the mean absolute error of the served
    /// regressors grows when this input is shuffled; 0 where none of them is served.
    pub importance: f64,
    /// Its value at the first step after the history.
    pub latest: f64,
}

/// What a reader of a forecast should know besides the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Newer observations exist than the model was trained on.
    StaleModel,
    /// The last reading is old ([`Grid::is_stale`]): the forecast goes on from a past that nobody confirmed since.
    StaleData,
    /// The date lies in the history and no backtest covers it: a fitted value, not a forecast.
    InSample,
    /// No mixture of models convinced in backtest: a baseline answers, or the mean of drift and theta.
    BaselineServes,
    /// Fewer than 30 days of history: an hourly series, served at most 14 days ahead.
    HourlyGrid,
    /// So little history that the error measures rest on few origins.
    ShortHistory,
    /// The history has days (hours) without an observation; they were left out, not filled.
    GapsInHistory,
    /// A gap of more than seven steps: models that need a series without gaps see only what follows it.
    LongGap,
    /// The level jumped for good, as in a purge of false followers; the jump was not learned as trend.
    LevelShift,
    /// The history ends on a jump that too few points have confirmed: a misreading, or a level shift. Intervals reach
    /// over both.
    UnconfirmedJump,
    /// Single values that went away and came back were left out as misreadings.
    Outliers,
    /// The history is longer than what the models see.
    CappedHistory,
    /// The caller's assumptions about activity did not enter: none is recorded, or the backtest does not show that it
    /// matters.
    AssumptionsUnused,
    /// The caller assumed more or fewer posts a day than the history has seen; the edge of what was seen is answered.
    AssumptionOutOfRange,
    /// Of some day of the forecast nothing is known of a covariate that it rests on; what is usual is assumed.
    CovariateAssumed,
    /// The backtest coverage of the intervals is far from their level.
    PoorCoverage,
    /// The version that should answer is damaged, so an earlier one does.
    FallbackVersion,
}

impl Warning {
    /// Every warning.
    pub const ALL: &[Self] = &[
        Self::StaleModel,
        Self::StaleData,
        Self::InSample,
        Self::BaselineServes,
        Self::HourlyGrid,
        Self::ShortHistory,
        Self::GapsInHistory,
        Self::LongGap,
        Self::LevelShift,
        Self::UnconfirmedJump,
        Self::Outliers,
        Self::CappedHistory,
        Self::AssumptionsUnused,
        Self::AssumptionOutOfRange,
        Self::CovariateAssumed,
        Self::PoorCoverage,
        Self::FallbackVersion,
    ];

    /// The wire word; docs/forecasting.md explains each.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::StaleModel => "STALE_MODEL",
            Self::StaleData => "STALE_DATA",
            Self::InSample => "IN_SAMPLE",
            Self::BaselineServes => "BASELINE_SERVES",
            Self::HourlyGrid => "HOURLY_GRID",
            Self::ShortHistory => "SHORT_HISTORY",
            Self::GapsInHistory => "GAPS_IN_HISTORY",
            Self::LongGap => "LONG_GAP",
            Self::LevelShift => "LEVEL_SHIFT",
            Self::UnconfirmedJump => "UNCONFIRMED_JUMP",
            Self::Outliers => "OUTLIERS",
            Self::CappedHistory => "CAPPED_HISTORY",
            Self::AssumptionsUnused => "ASSUMPTIONS_UNUSED",
            Self::AssumptionOutOfRange => "ASSUMPTION_OUT_OF_RANGE",
            Self::CovariateAssumed => "COVARIATE_ASSUMED",
            Self::PoorCoverage => "POOR_COVERAGE",
            Self::FallbackVersion => "FALLBACK_VERSION",
        }
    }
}

/// What a training run found. It is stored with the version and never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingReport {
    /// The heaviest member of the combination that answers; the only one where a single model does.
    pub served: ModelId,
    /// What answers: models and their shares, heaviest first; at least one.
    pub members: Vec<Member>,
    /// The best baseline.
    pub baseline: ModelId,
    /// The spacing of the series.
    pub grid: Grid,
    /// What was asked for it.
    pub grid_asked: GridChoice,
    /// Every compared model, best first by the caller's weights, the baselines and the combination among them.
    pub scores: Vec<ModelScore>,
    /// Models that could not be fitted, with the reason.
    pub failures: Vec<(ModelId, String)>,
    /// Points of the series that the members were finally fitted on; where they differ, the most.
    pub training_samples: u32,
    /// Forecast-and-truth pairs in the backtest of one model.
    pub test_samples: u32,
    /// Rolling origins of the backtest.
    pub origins: u32,
    /// The inputs, most important first; empty where only baselines were compared.
    pub features: Vec<Feature>,
    /// The forecast of the first date after the history, in parts.
    pub explanation: Explanation,
    /// Lasting jumps, taken out before models were fitted; ascending by date.
    pub level_shifts: Vec<LevelShift>,
    /// Misreadings, left out before models were fitted; ascending by date.
    pub outliers: Vec<Outlier>,
    /// Posts a day that are assumed of the future unless a caller assumes others: the recent mean. `None` where no
    /// activity is recorded, or the backtest does not show that it matters.
    pub assumed_posts_per_day: Option<f64>,
    /// Settings of the members, by name.
    pub hyperparameters: Vec<(String, String)>,
    /// Time of the first observation used.
    pub data_from: DateTime<Utc>,
    /// Time of the last observation used.
    pub data_until: DateTime<Utc>,
    /// The local date of the last point; forecasts begin on the next one (on an hourly grid, in the next hour).
    pub last_date: NaiveDate,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
    /// What was found of each covariate, in the order in which they were asked for.
    pub covariates: Vec<CovariateOutcome>,
    /// The score of what would serve without covariates; `None` where none is kept.
    pub without_covariates: Option<ModelScore>,
}

impl TrainingReport {
    /// The score of a compared model.
    #[must_use]
    pub fn score_of(&self, model: ModelId) -> Option<&ModelScore> {
        self.scores.iter().find(|score| score.model == model)
    }

    /// The score of what answers: of the combination, or of the only member.
    #[must_use]
    pub fn served_score(&self) -> Option<&ModelScore> {
        self.score_of(if self.members.len() > 1 { ModelId::Combination } else { self.served })
    }

    /// Whether one model alone was compared with the baselines, because it was asked for.
    #[must_use]
    pub fn compares_one_model(&self) -> bool {
        let is_candidate = |score: &&ModelScore| !score.model.is_baseline() && score.model != ModelId::Combination;
        self.scores.iter().filter(is_candidate).count() == 1
    }

    /// Whether a mixture of models, or the model asked for, was found worth more than a baseline.
    #[must_use]
    pub fn is_convinced(&self) -> bool {
        !self.warnings.contains(&Warning::BaselineServes)
    }

    /// Names of the inputs.
    #[must_use]
    pub fn feature_names(&self) -> Vec<String> {
        self.features.iter().map(|feature| feature.name.clone()).collect()
    }
}
