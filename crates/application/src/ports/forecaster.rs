//! The port to whatever fits models. The prediction crate implements it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use atalaya_domain::forecast::{
    CovariateShare, EventEffect, Explanation, GoalForecast, GridChoice, KnownSince, Level, MetricWeights, ModelId,
    OutOfReach, Period, PeriodForecast, PointForecast, TogetherForecast, TrainingReport,
};
use atalaya_domain::observation::Observation;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// One account's measurements, as they are in the store.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// In ascending order of time, without two at one time.
    pub observations: &'a [Observation],
    /// The zone in which the account's days end.
    pub time_zone: Tz,
}

/// What is known of one covariate on one day, since when. Of several of one day the one that was known last counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CovariateValue {
    /// The day, in the account's zone.
    pub day: NaiveDate,
    /// The value.
    pub value: f64,
    /// Since when it is known: no forecast from before that may rest on it.
    pub known_since: DateTime<Utc>,
}

/// A column of days that may explain followers. Where it comes from is the caller's business.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// Its name, of which there is one in a plan.
    pub name: String,
    /// How many days after its own a value counts, 0 to 30.
    pub lag_days: u8,
    /// Whether a day without a value holds 0, as of counts, sums and flags, and not what is usual on its weekday.
    pub zero_without: bool,
    /// Ascending by day, and by since when.
    pub values: Vec<CovariateValue>,
    /// What the times since when values are known rest on.
    pub basis: KnownSince,
}

/// What to train and how to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingPlan {
    /// Models to compare besides the baselines, which always are; empty means all.
    pub models: Vec<ModelId>,
    /// How models are ranked.
    pub weights: MetricWeights,
    /// Which grid the series is laid on.
    pub grid: GridChoice,
    /// How far ahead the path of forecasts is computed, in days.
    pub max_horizon_days: u16,
    /// What else may explain followers. Each enters only where the backtest is better with it.
    pub covariates: Vec<Covariate>,
}

/// Hears of progress and may stop a training run.
pub trait TrainingObserver: Send + Sync {
    /// `done` of `total` steps are done.
    fn progress(&self, done: u32, total: u32);
    /// Asked between steps; `true` ends the run with [`TrainingError::Cancelled`].
    fn cancelled(&self) -> bool;
}

/// An observer that does nothing: for runs that nobody watches.
#[derive(Debug, Clone, Copy)]
pub struct Unobserved;

impl TrainingObserver for Unobserved {
    fn progress(&self, _done: u32, _total: u32) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// Why a training run gave no model.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// Not enough history.
    #[error("{found} days of history, {needed} are needed")]
    InsufficientData {
        /// Days with an observation.
        found: u32,
        /// Days that are needed.
        needed: u32,
    },
    /// Not enough readings for the hourly grid that was asked for.
    #[error("{found} hours with a reading in the last 60 days, {needed} are needed, 24 of them an hour after another")]
    InsufficientHours {
        /// Hours with an observation.
        found: u32,
        /// Hours that are needed.
        needed: u32,
    },
    /// The observer stopped it.
    #[error("training was cancelled")]
    Cancelled,
    /// The fitter has more work than it may queue.
    #[error("too many training runs at once")]
    Busy,
    /// A fault of the program.
    #[error("training failed: {0}")]
    Failed(String),
}

/// Bytes that are no artifact of this program, or of another version of it, or damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// Not an artifact at all.
    #[error("not a model artifact")]
    NotAnArtifact,
    /// Written by a version of the format that this program does not read.
    #[error("model artifact of format {found}, this program reads {supported}")]
    UnsupportedFormat {
        /// The format's number in the bytes.
        found: u16,
        /// The number that this program reads.
        supported: u16,
    },
    /// The checksum does not fit the bytes, or they end early.
    #[error("damaged model artifact")]
    Damaged,
}

/// One account on one date, to be put together with others.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountOutlook {
    /// The expected followers.
    pub mean: f64,
    /// How far above that the account is at 0 to 4 standard deviations of a normal number, at equal distances.
    pub above: Vec<f64>,
    /// How far below; 0 or less.
    pub below: Vec<f64>,
    /// Backtest errors over their scale: of each window its origin's date, and the errors of the steps after it.
    pub errors: Vec<(NaiveDate, Vec<f32>)>,
}

/// A finished training run.
pub struct Trained {
    /// Ready to answer.
    pub model: Arc<dyn TrainedModel>,
    /// The report and the path of forecasts: all that answering a date needs. A few kilobytes.
    pub artifact: Vec<u8>,
    /// How followers respond to posts: needed only for assumptions.
    pub fitted: Vec<u8>,
}

/// A version under an assumption about activity.
#[derive(Clone)]
pub struct Assumed {
    /// Ready to answer.
    pub model: Arc<dyn TrainedModel>,
    /// The posts a day that it answers for: those assumed, or the nearest that were seen.
    pub posts_per_day: f64,
    /// The fewest and the most posts of a day that the history has seen; `None` for versions that were trained before
    /// it was kept.
    pub seen: Option<RangeInclusive<f64>>,
}

/// A version under assumptions about covariates.
#[derive(Clone)]
pub struct Supposed {
    /// Ready to answer.
    pub model: Arc<dyn TrainedModel>,
    /// The values that it answers for, by name: those assumed, or the nearest that were seen.
    pub used: Vec<(String, f64)>,
}

/// A trained version in memory. Every method is a look-up or little more; nothing here fits a model.
pub trait TrainedModel: Send + Sync {
    /// What training found.
    fn report(&self) -> &TrainingReport;

    /// The expected followers at the end of `date`, with an interval for each of `levels`.
    ///
    /// # Errors
    /// [`OutOfReach`] before the history or beyond the path.
    fn predict(&self, date: NaiveDate, levels: &[Level]) -> Result<PointForecast, OutOfReach>;

    /// The forecast of a date after the history in parts, which add up to what [`Self::predict`] gives. `None` where
    /// the version was trained before that was kept, and knows the parts of the first date only.
    ///
    /// # Errors
    /// [`OutOfReach`] for a date in the history or beyond the path.
    fn explain(&self, date: NaiveDate) -> Result<Option<Explanation>, OutOfReach>;

    /// What each covariate that is kept adds to the forecast of a date after the history; together they are the part of
    /// [`Self::explain`] that is theirs.
    ///
    /// # Errors
    /// [`OutOfReach`] for a date in the history or beyond the path, where any is kept.
    fn shares(&self, date: NaiveDate) -> Result<Vec<CovariateShare>, OutOfReach>;

    /// What each past event of a covariate brought, kept or not; ascending by date.
    fn events(&self) -> Vec<EventEffect>;

    /// The same version where covariates hold these values, by name, on all days of which nothing else is known.
    /// `None` where none of them is a covariate that is kept.
    fn supposing(&self, values: &[(String, f64)]) -> Option<Supposed>;

    /// When the account reaches `target` followers; with `by`, how surely until then. From sample paths, without a
    /// training.
    ///
    /// # Errors
    /// [`OutOfReach`] for a date in the history or beyond the path.
    fn goal(&self, target: f64, by: Option<NaiveDate>) -> Result<GoalForecast, OutOfReach>;

    /// The sums and the net growth of the periods from the end of the history until a date. From sample paths, without
    /// a training.
    ///
    /// # Errors
    /// [`OutOfReach`] for a date in the history or beyond the path.
    fn periods(&self, until: NaiveDate, period: Period, levels: &[Level]) -> Result<Vec<PeriodForecast>, OutOfReach>;

    /// What a date is expected to bring, to be put together with other accounts by [`Forecaster::together`].
    ///
    /// # Errors
    /// [`OutOfReach`] for a date in the history or beyond the path.
    fn outlook(&self, date: NaiveDate) -> Result<AccountOutlook, OutOfReach>;

    /// The last date that [`Self::predict`] answers.
    fn last_reachable(&self) -> NaiveDate;

    /// About how many bytes it takes in memory.
    fn memory_bytes(&self) -> usize;

    /// The same version where so many posts a day are made from now on. `None` where that changes nothing: no activity
    /// is recorded, or the backtest does not show that it matters.
    ///
    /// # Errors
    /// [`ArtifactError`] when `fitted` is not this version's fitted model.
    fn assuming(&self, posts_per_day: f64, fitted: &[u8]) -> Result<Option<Assumed>, ArtifactError>;
}

/// Fits models.
pub trait Forecaster: Send + Sync {
    /// Compares the models of `plan` on `history` by rolling-origin backtests and fits the winner on all of it.
    /// The same history and plan give the same bytes.
    ///
    /// # Errors
    /// [`TrainingError`] says which.
    fn train(
        &self,
        history: History<'_>,
        plan: &TrainingPlan,
        observer: &dyn TrainingObserver,
    ) -> Result<Trained, TrainingError>;

    /// The sum of several accounts on one date; dependence is estimated from the errors that they have in common.
    fn together(&self, accounts: &[AccountOutlook], levels: &[Level]) -> TogetherForecast;

    /// Reads [`Trained::artifact`] back.
    ///
    /// # Errors
    /// [`ArtifactError`] for bytes that this program did not write or that were damaged since.
    fn open(&self, artifact: &[u8]) -> Result<Arc<dyn TrainedModel>, ArtifactError>;
}
