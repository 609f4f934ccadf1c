//! What an answer holds.

use chrono::NaiveDate;

use super::Level;
use crate::observation::{Followers, whole_followers};

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

impl Interval {
    /// Whether it holds a value; its bounds belong to it.
    #[must_use]
    pub fn contains(&self, truth: f64) -> bool {
        (self.lower..=self.upper).contains(&truth)
    }

    /// The interval score (Gneiting & Raftery 2007): the width, plus 2 / (1 − level) times by how much a value lies
    /// outside; less is better. In the unit of the values.
    #[must_use]
    pub fn score(&self, truth: f64) -> f64 {
        let outside = (self.lower - truth).max(0.0) + (truth - self.upper).max(0.0);
        self.upper - self.lower + 2.0 / (1.0 - self.level.probability()) * outside
    }
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

/// The caller's assumptions about what is to come.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assumptions {
    /// Posts a day (not a running total).
    pub posts_per_day: Option<f64>,
    /// Values of covariates by name, on each day of which nothing is known.
    pub covariates: Vec<(String, f64)>,
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
    /// Inside the history, where only what comes after it can be asked for.
    #[error("the history ends on {last}; only later dates can be asked for")]
    InHistory {
        /// The last date of the history.
        last: NaiveDate,
    },
    /// Further ahead than the path reaches.
    #[error("forecasts reach until {last}")]
    BeyondHorizon {
        /// The last date that can be asked for.
        last: NaiveDate,
    },
}
