//! An account at a glance: how it changed, what is expected of it, and what needs somebody's attention.
//!
//! Pure arithmetic on a summary. What a summary holds and when it is made anew is not decided here.

mod attention;
mod recent;
#[cfg(test)]
mod tests;

pub use attention::{Attention, AttentionCode};
pub use recent::{Change, Close, KEPT_DAYS, Recent};

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::forecast::{Grid, HOURS_AT_LEAST, Level};
use crate::id::ModelVersion;
use crate::observation::Followers;

/// The level of the intervals of an overview.
pub const LEVEL: Level = Level::DEFAULTS[0];
/// The level whose interval a day has to leave to need attention. Of [`LEVEL`] one day in five does so by chance.
pub const ATTENTION_LEVEL: Level = Level::DEFAULTS[1];
/// How far ahead an overview looks, in days.
pub const DAYS_AHEAD: u64 = 30;
/// How many days after the data of a version an outlook reaches: a version may be this much less [`DAYS_AHEAD`] older
/// than the data.
pub const OUTLOOK_DAYS: u64 = 62;
/// How many days before the end of the data an outlook keeps.
pub const OUTLOOK_PAST: usize = 3;

/// What was expected of a day before it was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// The local date.
    pub date: NaiveDate,
    /// The expected followers.
    pub mean: Followers,
    /// Lower bound at [`LEVEL`].
    pub lower: Followers,
    /// Upper bound at [`LEVEL`].
    pub upper: Followers,
    /// Lower bound at [`ATTENTION_LEVEL`].
    pub attention_lower: Followers,
    /// Upper bound at [`ATTENTION_LEVEL`].
    pub attention_upper: Followers,
}

impl Expectation {
    /// Whether a value lies outside of the interval at [`ATTENTION_LEVEL`]; the bounds belong to the interval.
    #[must_use]
    pub fn is_missed_by(&self, value: Followers) -> bool {
        !(self.attention_lower..=self.attention_upper).contains(&value)
    }
}

/// What a version says of the days around the end of its data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlook {
    /// Whether a baseline serves.
    pub is_baseline: bool,
    /// The last date of the version's data.
    pub last_date: NaiveDate,
    /// By date.
    pub expectations: Vec<Expectation>,
}

impl Outlook {
    /// The expectation of a date.
    #[must_use]
    pub fn of(&self, date: NaiveDate) -> Option<&Expectation> {
        let place = self.expectations.binary_search_by_key(&date, |expected| expected.date).ok()?;
        self.expectations.get(place)
    }

    /// This outlook in place of `earlier`. Of the days that its version was trained on, the earlier one told before
    /// they were over what it expected, so that is kept.
    #[must_use]
    pub fn following(self, earlier: &Self) -> Self {
        let told = earlier.expectations.iter().filter(|expected| expected.date <= self.last_date).copied();
        let mut expectations: Vec<Expectation> = told.collect();
        expectations.drain(..expectations.len().saturating_sub(OUTLOOK_PAST));
        let is_new = |expected: &&Expectation| expectations.iter().all(|told| told.date != expected.date);
        let new: Vec<Expectation> = self.expectations.iter().filter(is_new).copied().collect();
        expectations.extend(new);
        expectations.sort_unstable_by_key(|expected| expected.date);
        Self { expectations, ..self }
    }
}

/// The version that answers for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// The version.
    pub version: ModelVersion,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// The last observation that it was trained on.
    pub data_until: DateTime<Utc>,
    /// The spacing of its series.
    pub grid: Grid,
    /// What it says; `None` where that is still to be made.
    pub outlook: Option<Outlook>,
}

impl Serving {
    /// Whether a baseline serves, as far as is known.
    fn is_baseline(&self) -> bool {
        self.outlook.as_ref().is_some_and(|outlook| outlook.is_baseline)
    }
}

/// What is known of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its latest days; `None` where they are still to be made.
    pub recent: Option<Recent>,
    /// How many observations it has.
    pub observations: u64,
    /// Time of its newest observation.
    pub data_until: Option<DateTime<Utc>>,
    /// The version that answers.
    pub serving: Option<Serving>,
}

/// Whether a model answers, and how well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelState {
    /// It was trained on all observations.
    Current,
    /// Newer observations exist than it was trained on.
    Stale,
    /// No model convinced in backtest: a baseline answers.
    Baseline,
    /// None answers.
    Untrained,
}

impl ModelState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Current, Self::Stale, Self::Baseline, Self::Untrained];

    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Stale => "stale",
            Self::Baseline => "baseline",
            Self::Untrained => "untrained",
        }
    }
}

/// What is expected [`DAYS_AHEAD`] days after the last complete day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// The expectation.
    pub expected: Expectation,
    /// Expected followers minus those of the last complete day.
    pub change: i64,
}

/// An account at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// Followers at the newest observation.
    pub followers: Option<Followers>,
    /// The last day with an observation that is over on the account's clocks: where changes end, and what is expected
    /// begins.
    pub complete_until: Option<NaiveDate>,
    /// The change of the last 7 complete days.
    pub week: Option<Change>,
    /// The change of the last 28 complete days.
    pub four_weeks: Option<Change>,
    /// What is expected 30 days ahead; `None` without a model, and where its data end too long before those of the
    /// account.
    pub ahead: Option<Ahead>,
    /// Whether a model answers, and how well.
    pub model: ModelState,
    /// How many more days with an observation training needs; `None` where it needs none, and where it is not known.
    pub days_needed: Option<usize>,
    /// What needs attention, most severe first.
    pub attention: Vec<Attention>,
}

impl Glance {
    /// The account of a summary at `now`.
    #[must_use]
    pub fn of(summary: &Summary, now: DateTime<Utc>) -> Self {
        let Summary { recent, serving, .. } = summary;
        let recent = recent.as_ref();
        let last = recent.and_then(|recent| recent.last_complete(now));
        let change = |days| last.zip(recent).and_then(|((until, _), recent)| recent.change(until, days));
        let outlook = serving.as_ref().and_then(|serving| serving.outlook.as_ref());
        let ahead = last.zip(outlook).and_then(|((date, followers), outlook)| {
            let expected = *outlook.of(date.checked_add_days(Days::new(DAYS_AHEAD))?)?;
            Some(Ahead { expected, change: expected.mean.more_than(followers) })
        });
        // So many readings may be hours enough for a training, which is told by the training alone.
        let may_have_hours = summary.observations >= HOURS_AT_LEAST as u64;
        let days_needed = recent.filter(|_| serving.is_none() && !may_have_hours).and_then(Recent::days_needed);
        Self {
            followers: recent.and_then(Recent::newest),
            complete_until: last.map(|(date, _)| date),
            week: change(7),
            four_weeks: change(28),
            ahead,
            model: model_state(summary),
            days_needed,
            attention: Attention::of(summary, last, now),
        }
    }
}

fn model_state(summary: &Summary) -> ModelState {
    let Some(serving) = &summary.serving else { return ModelState::Untrained };
    if serving.is_baseline() {
        ModelState::Baseline
    } else if summary.data_until.is_some_and(|newest| newest > serving.data_until) {
        ModelState::Stale
    } else {
        ModelState::Current
    }
}
