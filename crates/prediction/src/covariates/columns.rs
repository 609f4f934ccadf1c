//! Columns on the grid of a series, and what is known of them at an origin.

use atalaya_application::ports::forecaster::Covariate;
use atalaya_domain::forecast::KnownSince;
use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::calendar::Timeline;
use crate::numeric::mean;

/// Days from which the usual value of a weekday is taken: the latest year.
const USUAL: usize = 364;
/// Steps after which a weekday comes back.
const WEEK: usize = 7;

/// What is known of one step, and from which step on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    index: usize,
    /// The grid index of the day on which it became known; days before the history count as negative.
    since: i64,
    value: f64,
}

/// One covariate on the grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) basis: KnownSince,
    lag: usize,
    zero_without: bool,
    /// Ascending by step, and of one step by since when.
    points: Vec<Point>,
}

/// The covariates of a run on its grid.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Columns(pub(crate) Vec<Column>);

/// From when a column is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The last step whose day is over.
    pub(crate) index: usize,
    /// Whether all is known that anybody knows: at the end of the history, and in no backtest.
    pub(crate) is_now: bool,
}

impl Origin {
    /// An origin of a backtest.
    pub(crate) fn past(index: usize) -> Self {
        Self { index, is_now: false }
    }

    /// The end of the history.
    pub(crate) fn now(index: usize) -> Self {
        Self { index, is_now: true }
    }
}

/// What an origin knows of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    /// By grid index: what is known, and from [`Self::assumed_from`] on what is usual where nothing is.
    pub(crate) values: Vec<f64>,
    /// The first step after the origin of which nothing is known; the number of values where all is.
    pub(crate) assumed_from: usize,
}

impl Columns {
    /// The columns of a daily series; those of others know nothing.
    pub(crate) fn lay(covariates: &[Covariate], timeline: Timeline, zone: Tz) -> Self {
        let Timeline::Daily { first } = timeline else { return Self::default() };
        Self(covariates.iter().map(|covariate| Column::lay(covariate, first, zone)).collect())
    }
}

impl Column {
    fn lay(covariate: &Covariate, first: NaiveDate, zone: Tz) -> Self {
        let step = |day: NaiveDate| day.signed_duration_since(first).num_days();
        let lag = usize::from(covariate.lag_days);
        let mut points: Vec<Point> = covariate
            .values
            .iter()
            .filter(|value| value.value.is_finite())
            .filter_map(|value| {
                let index = usize::try_from(step(value.day) + i64::from(covariate.lag_days)).ok()?;
                let since = step(value.known_since.with_timezone(&zone).date_naive());
                Some(Point { index, since, value: value.value })
            })
            .collect();
        points.sort_by_key(|point| (point.index, point.since));
        let Covariate { basis, zero_without, .. } = *covariate;
        Self { name: covariate.name.clone(), basis, lag, zero_without, points }
    }

    /// What an origin knows of the steps up to and including `end`.
    pub(crate) fn known(&self, origin: Origin, end: usize) -> Known {
        let mut recorded: Vec<Option<f64>> = vec![None; end + 1];
        let now = i64::try_from(origin.index).unwrap_or(i64::MAX);
        let mut last = origin.index + self.lag;
        for point in self.points.iter().filter(|point| origin.is_now || point.since <= now) {
            last = last.max(point.index);
            if let Some(value) = recorded.get_mut(point.index) {
                *value = Some(point.value);
            }
        }
        let unknown = |index: &usize| recorded.get(*index).is_none_or(Option::is_none);
        let assumed_from =
            if self.zero_without { last + 1 } else { (origin.index + 1..=end).find(unknown).unwrap_or(end + 1) };
        if self.zero_without {
            for value in recorded.iter_mut().take(assumed_from) {
                *value = value.or(Some(0.0));
            }
        }
        let usual = Usual::of(&recorded, origin.index);
        let at = |(index, value): (usize, Option<f64>)| value.unwrap_or_else(|| usual.at(index));
        Known { values: recorded.into_iter().enumerate().map(at).collect(), assumed_from: assumed_from.min(end + 1) }
    }
}

/// The mean of each weekday in the latest year that an origin knows.
struct Usual {
    all: f64,
    weekdays: Vec<f64>,
}

impl Usual {
    fn of(recorded: &[Option<f64>], origin: usize) -> Self {
        let past = recorded.get(..=origin).unwrap_or(recorded);
        let from = past.len().saturating_sub(USUAL);
        let latest = || past.iter().enumerate().skip(from).filter_map(|(index, value)| Some((index, (*value)?)));
        let all = mean(&latest().map(|(_, value)| value).collect::<Vec<_>>());
        let weekday = |day: usize| {
            let same: Vec<f64> = latest().filter(|(index, _)| index % WEEK == day).map(|(_, value)| value).collect();
            if same.is_empty() { all } else { mean(&same) }
        };
        Self { all, weekdays: (0..WEEK).map(weekday).collect() }
    }

    fn at(&self, index: usize) -> f64 {
        self.weekdays.get(index % WEEK).copied().unwrap_or(self.all)
    }
}
