//! The vocabulary of forecasting: what is asked for, what a training run found, what an answer holds.
//!
//! Nothing here computes a forecast; that is the prediction crate's work behind the `Forecaster` port.

mod answer;
mod comparison;
mod covariate;
mod coverage;
mod daily;
mod days;
mod joint;
mod metric;
mod model;
mod report;
mod review;

pub use answer::{Assumptions, Basis, Interval, OutOfReach, PointForecast, WholeInterval};
pub use covariate::{CovariateOutcome, CovariateShare, CovariateVerdict, EventEffect, EventShare, KnownSince};
pub use coverage::StepCoverage;
pub use daily::{Day, posts_made};
pub use days::{LocalDays, ReadingTimes, jitter};
pub use joint::{GoalChance, GoalForecast, Period, PeriodForecast, Spread, TogetherForecast};
pub use metric::{InvalidWeights, Metric, MetricWeights, UnknownMetric};
pub use model::{ModelId, UnknownModel};
pub use report::{Explanation, Feature, LevelShift, Member, ModelScore, Outlier, TrainingReport, Warning};
pub use review::{Accuracy, AccuracyReview, Anomaly, HorizonRange, Outcome, closing_values};

use chrono::{DateTime, TimeDelta, Utc};

/// Days with an observation without which nothing is trained.
pub const DAYS_AT_LEAST: usize = 8;
/// Hours with a reading without which no account with fewer days is trained.
pub const HOURS_AT_LEAST: usize = 48;

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

    /// The time from one point to the next.
    #[must_use]
    pub fn step(self) -> TimeDelta {
        match self {
            Self::Daily => TimeDelta::days(1),
            Self::Hourly => TimeDelta::hours(1),
        }
    }

    /// Whether at `now` the last reading of a series is so old that its forecast should not be taken for one of today:
    /// older than three steps and than three days.
    #[must_use]
    pub fn is_stale(self, last_reading: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now - last_reading > (self.step() * 3).max(TimeDelta::days(3))
    }
}

/// Which grid the series of an account is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GridChoice {
    /// The one that explains the readings better.
    #[default]
    Auto,
    /// The last value of each day.
    Day,
    /// The last value of each hour.
    Hour,
}

impl GridChoice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Day, Self::Hour];

    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}

/// A word that names no choice of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a grid is auto, day or hour")]
pub struct UnknownGrid;

impl std::str::FromStr for GridChoice {
    type Err = UnknownGrid;

    fn from_str(word: &str) -> Result<Self, UnknownGrid> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == word).ok_or(UnknownGrid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_reading_is_stale_after_three_steps_and_three_days() {
        let last = DateTime::UNIX_EPOCH;
        for grid in [Grid::Daily, Grid::Hourly] {
            assert!(!grid.is_stale(last, last + TimeDelta::days(3)));
            assert!(grid.is_stale(last, last + TimeDelta::days(3) + TimeDelta::microseconds(1)));
            // A clock that is behind makes nothing stale.
            assert!(!grid.is_stale(last, last - TimeDelta::days(9)));
        }
    }
}
