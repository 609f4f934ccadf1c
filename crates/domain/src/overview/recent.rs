//! The latest days of an account.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::forecast::{DAYS_AT_LEAST, LocalDays};
use crate::observation::Followers;

/// Days with an observation that a summary keeps, at most: a quarter of a year.
pub const KEPT_DAYS: usize = 92;

/// A change of followers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Followers at the end minus followers at the beginning.
    pub change: i64,
    /// The change of as many days before that; `None` where the data do not reach.
    pub previous: Option<i64>,
}

/// A day with an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    /// The local date.
    pub date: NaiveDate,
    /// Followers at its last observation.
    pub followers: Followers,
}

/// The latest days of an account with an observation: at most [`KEPT_DAYS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    days: LocalDays,
    closes: Vec<Close>,
}

impl Recent {
    /// The latest of `closes`, which ascend by date.
    #[must_use]
    pub fn new(days: LocalDays, mut closes: Vec<Close>) -> Self {
        closes.drain(..closes.len().saturating_sub(KEPT_DAYS));
        Self { days, closes }
    }

    /// Where its days end.
    #[must_use]
    pub fn days(&self) -> LocalDays {
        self.days
    }

    /// The days, by date.
    #[must_use]
    pub fn closes(&self) -> &[Close] {
        &self.closes
    }

    /// How many days have an observation; those beyond [`KEPT_DAYS`] are not counted.
    #[must_use]
    pub fn observed_days(&self) -> usize {
        self.closes.len()
    }

    /// How many more days with an observation training needs; `None` where it needs none.
    #[must_use]
    pub fn days_needed(&self) -> Option<usize> {
        DAYS_AT_LEAST.checked_sub(self.observed_days()).filter(|days| *days > 0)
    }

    /// Followers at the newest observation.
    #[must_use]
    pub fn newest(&self) -> Option<Followers> {
        self.closes.last().map(|close| close.followers)
    }

    /// The last day that is over at `now`.
    #[must_use]
    pub fn last_complete(&self, now: DateTime<Utc>) -> Option<(NaiveDate, Followers)> {
        let last = self.closes.iter().rev().find(|close| self.days.is_over(close.date, now))?;
        Some((last.date, last.followers))
    }

    /// The change of the `days` days until the end of `until`; `None` where one of its ends has no observation.
    #[must_use]
    pub fn change(&self, until: NaiveDate, days: u64) -> Option<Change> {
        let close = |back: u64| {
            let date = until.checked_sub_days(Days::new(back))?;
            let place = self.closes.binary_search_by_key(&date, |close| close.date).ok()?;
            self.closes.get(place).map(|close| close.followers)
        };
        let (end, begin) = (close(0)?, close(days)?);
        let previous = close(2 * days).map(|before| begin.more_than(before));
        Some(Change { change: end.more_than(begin), previous })
    }
}
