//! Timestamped measurements of an account.

mod comparison;

use chrono::{DateTime, Duration, Utc};

pub use comparison::{Compared, DayClose, changed_closes, compare, largest_change};

/// A number of followers: a whole number from 0 to [`Followers::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Followers(u64);

impl Followers {
    /// A hundred times the number of people alive: what is above it is a mistake, and every number below it is exact in
    /// a 64-bit float.
    pub const MAX: u64 = 1_000_000_000_000;

    /// # Errors
    /// [`InvalidCount`] above [`Self::MAX`].
    pub fn new(count: u64) -> Result<Self, InvalidCount> {
        if count <= Self::MAX { Ok(Self(count)) } else { Err(InvalidCount) }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    /// The number as a float; exact, because [`Self::MAX`] is below 2⁵³.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "MAX is below 2^53, so every value is exact")]
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }

    /// By how many it exceeds `other`; 0 where it does not.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// How many more than `other`; negative for fewer.
    #[must_use]
    pub fn more_than(self, other: Self) -> i64 {
        // Both are at most MAX, far below what an i64 holds.
        self.0.cast_signed() - other.0.cast_signed()
    }
}

/// The nearest number of followers to a float: clamped to what is possible; not a number becomes 0.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped before the cast"
)]
pub fn whole_followers(value: f64) -> Followers {
    Followers(value.clamp(0.0, Followers::MAX as f64) as u64)
}

/// A count above [`Followers::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a count is a whole number from 0 to {}", Followers::MAX)]
pub struct InvalidCount;

/// One measurement of an account. Its time is what makes it unique within the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    /// When, to the microsecond.
    pub at: DateTime<Utc>,
    /// Followers at that time.
    pub followers: Followers,
    /// Running total of posts, where recorded.
    pub posts: Option<Followers>,
    /// Accounts followed, where recorded.
    pub following: Option<Followers>,
}

/// How far ahead of the clock a measurement may claim to be: time zones and wrong clocks, not prophecy.
pub const LATEST_AHEAD: Duration = Duration::days(1);

/// The oldest time that an observation may carry: 2000-01-01, before any social network.
pub const EARLIEST: DateTime<Utc> = DateTime::from_timestamp_secs(946_684_800).unwrap();

/// A time that no measurement can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImplausibleTime {
    /// More than [`LATEST_AHEAD`] after now.
    #[error("the time lies more than a day ahead")]
    TooFarAhead,
    /// Before [`EARLIEST`].
    #[error("the time lies before 2000-01-01")]
    TooOld,
}

/// # Errors
/// [`ImplausibleTime`] for a time before [`EARLIEST`] or more than [`LATEST_AHEAD`] after `now`.
pub fn check_time(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), ImplausibleTime> {
    if at > now + LATEST_AHEAD {
        Err(ImplausibleTime::TooFarAhead)
    } else if at < EARLIEST {
        Err(ImplausibleTime::TooOld)
    } else {
        Ok(())
    }
}

/// What an upload did, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UploadOutcome {
    /// Times that were new.
    pub inserted: u64,
    /// Times that were known with other values.
    pub updated: u64,
    /// Times that were known with the same values.
    pub unchanged: u64,
}
