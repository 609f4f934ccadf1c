//! Answers about many dates, or many accounts, at once: goals, sums and totals. They follow from sample paths, because
//! the interval of a sum is not the sum of intervals.

use chrono::{Datelike, NaiveDate};

use super::{Interval, Level};

/// When, and how surely, an account reaches a number of followers.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalForecast {
    /// The number.
    pub target: f64,
    /// The last value of the history.
    pub last_value: f64,
    /// The last date that the sample paths reach.
    pub until: NaiveDate,
    /// The dates by which 10, 50 and 90 in a hundred paths have reached the number; `None` where fewer do until
    /// [`Self::until`]. The last date of the history where it was reached already.
    pub dates: [Option<NaiveDate>; 3],
    /// About the date that was asked for.
    pub by: Option<GoalChance>,
}

impl GoalForecast {
    /// The shares of [`Self::dates`], in percent.
    pub const SHARES: [u8; 3] = [10, 50, 90];
}

/// How surely a number of followers is reached until a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoalChance {
    /// The date.
    pub date: NaiveDate,
    /// The share of paths that have reached the number on some day until then, 0 to 1.
    pub probability: f64,
    /// Followers a day that are needed from the last value to reach the number on that date; 0 where it was reached
    /// already.
    pub pace_needed: f64,
    /// Followers a day that are expected until then.
    pub pace_expected: f64,
}

/// What dates are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Weeks from Monday to Sunday.
    Week,
    /// Months of the calendar.
    Month,
    /// The whole horizon.
    Total,
}

impl Period {
    /// The words of the wire.
    pub const WORDS: [&str; 3] = ["week", "month", "total"];

    /// From a word of the wire.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            "total" => Some(Self::Total),
            _ => None,
        }
    }

    /// Whether two dates are in one period.
    #[must_use]
    pub fn joins(self, one: NaiveDate, other: NaiveDate) -> bool {
        match self {
            Self::Week => one.iso_week() == other.iso_week(),
            Self::Month => (one.year(), one.month()) == (other.year(), other.month()),
            Self::Total => true,
        }
    }
}

/// An expected number with its intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// What is expected.
    pub mean: f64,
    /// One for each level asked for.
    pub intervals: Vec<Interval>,
}

impl Spread {
    /// From sampled values, around what is expected. `sampled` is sorted by this.
    #[must_use]
    pub fn of(mean: f64, sampled: &mut [f64], levels: &[Level]) -> Self {
        sampled.sort_by(f64::total_cmp);
        let interval = |level: &Level| {
            let tail = (1.0 - level.probability()) / 2.0;
            Interval {
                level: *level,
                lower: quantile(sampled, tail).min(mean),
                upper: quantile(sampled, 1.0 - tail).max(mean),
            }
        };
        Self { mean, intervals: levels.iter().map(interval).collect() }
    }
}

/// The quantile of ascending values, between two of them on a straight line; 0 for none.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a thousand values"
)]
fn quantile(ascending: &[f64], probability: f64) -> f64 {
    let place = probability * ascending.len() as f64 - 0.5;
    let (low, part) = (place.floor().max(0.0), (place - place.floor()).clamp(0.0, 1.0));
    let last = ascending.last().copied().unwrap_or_default();
    let at = |index: usize| ascending.get(index).copied().unwrap_or(last);
    let (before, after) = (at(low as usize), at(low as usize + 1));
    if place < 0.0 { before } else { before + part * (after - before) }
}

/// A week, a month, or a whole horizon of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodForecast {
    /// Its first date that is forecast.
    pub from: NaiveDate,
    /// Its last.
    pub until: NaiveDate,
    /// How many dates it has.
    pub days: u32,
    /// The sum of the followers at the end of each of its dates.
    pub sum: Spread,
    /// Followers at the end of its last date, less those before its first.
    pub net_growth: Spread,
}

/// The followers of several accounts on a date, together.
#[derive(Debug, Clone, PartialEq)]
pub struct TogetherForecast {
    /// The sum: its mean is the sum of the accounts' means.
    pub total: Spread,
    /// The mean correlation of the accounts' backtest errors, 0 to 1.
    pub correlation: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays_and_months_on_their_first() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(Period::Week.joins(date("2024-12-30"), date("2025-01-05")));
        assert!(!Period::Week.joins(date("2025-01-05"), date("2025-01-06")));
        assert!(Period::Month.joins(date("2025-01-01"), date("2025-01-31")));
        assert!(!Period::Month.joins(date("2024-01-31"), date("2025-01-31")));
        assert!(Period::WORDS.iter().all(|word| Period::parse(word).is_some()) && Period::parse("day").is_none());
    }

    #[test]
    fn the_interval_of_a_sample_holds_its_share_and_its_mean() {
        let mut sampled: Vec<f64> = (0..1_000).rev().map(f64::from).collect();
        let spread = Spread::of(499.5, &mut sampled, &Level::DEFAULTS);
        assert!((spread.intervals[0].lower - 99.5).abs() < 1e-9 && (spread.intervals[0].upper - 899.5).abs() < 1e-9);
        assert!(spread.intervals[1].lower < spread.intervals[0].lower);
        assert!(Spread::of(5.0, &mut [], &Level::DEFAULTS).intervals.iter().all(|interval| interval.contains(5.0)));
    }
}
