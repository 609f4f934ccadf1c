//! What about an account needs somebody's attention.

use chrono::{DateTime, NaiveDate, Utc};

use super::Summary;
use crate::forecast::Grid;
use crate::observation::Followers;

/// What needs attention, without what belongs to it; most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttentionCode {
    /// The last complete day fell outside of its interval at [`ATTENTION_LEVEL`](super::ATTENTION_LEVEL).
    OutsideInterval,
    /// The last reading is old ([`Grid::is_stale`]).
    DataStale,
    /// There is enough data to train on, and no model.
    ModelUntrained,
    /// A baseline answers.
    BaselineServes,
}

impl AttentionCode {
    /// Every code, most severe first.
    pub const ALL: [Self; 4] = [Self::OutsideInterval, Self::DataStale, Self::ModelUntrained, Self::BaselineServes];

    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OutsideInterval => "OUTSIDE_INTERVAL",
            Self::DataStale => "DATA_STALE",
            Self::ModelUntrained => "MODEL_UNTRAINED",
            Self::BaselineServes => "BASELINE_SERVES",
        }
    }

    /// How severe it is; more is worse, and at least 1.
    #[must_use]
    pub fn severity(self) -> i64 {
        match self {
            Self::OutsideInterval => 4,
            Self::DataStale => 3,
            Self::ModelUntrained => 2,
            Self::BaselineServes => 1,
        }
    }
}

/// Something that needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// See [`AttentionCode::OutsideInterval`].
    OutsideInterval {
        /// The day.
        date: NaiveDate,
        /// Its last followers.
        actual: Followers,
        /// Lower bound of what was expected.
        lower: Followers,
        /// Upper bound of what was expected.
        upper: Followers,
    },
    /// See [`AttentionCode::DataStale`].
    DataStale {
        /// The day of the last reading.
        date: NaiveDate,
        /// Whole days since the last reading.
        days: i64,
    },
    /// See [`AttentionCode::ModelUntrained`].
    ModelUntrained,
    /// See [`AttentionCode::BaselineServes`].
    BaselineServes,
}

impl Attention {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> AttentionCode {
        match self {
            Self::OutsideInterval { .. } => AttentionCode::OutsideInterval,
            Self::DataStale { .. } => AttentionCode::DataStale,
            Self::ModelUntrained => AttentionCode::ModelUntrained,
            Self::BaselineServes => AttentionCode::BaselineServes,
        }
    }

    /// What about an account needs attention at `now`, most severe first. `last` is its last complete day.
    pub(super) fn of(summary: &Summary, last: Option<(NaiveDate, Followers)>, now: DateTime<Utc>) -> Vec<Self> {
        let Summary { recent, data_until, serving, .. } = summary;
        let outside = last.zip(serving.as_ref()).and_then(|((date, actual), serving)| {
            let expected = serving.outlook.as_ref()?.of(date).filter(|expected| expected.is_missed_by(actual))?;
            let (lower, upper) = (expected.attention_lower, expected.attention_upper);
            Some(Self::OutsideInterval { date, actual, lower, upper })
        });
        let grid = serving.as_ref().map_or(Grid::Daily, |serving| serving.grid);
        let stale = recent.as_ref().zip(*data_until).filter(|(_, newest)| grid.is_stale(*newest, now));
        let stale = stale.map(|(recent, newest)| Self::DataStale {
            date: recent.days().date(newest),
            days: (now - newest).num_days(),
        });
        let is_trainable = recent.as_ref().is_some_and(|recent| recent.days_needed().is_none());
        let untrained = (serving.is_none() && is_trainable).then_some(Self::ModelUntrained);
        let baseline = serving.as_ref().filter(|serving| serving.is_baseline()).map(|_| Self::BaselineServes);
        [outside, stale, untrained, baseline].into_iter().flatten().collect()
    }
}
