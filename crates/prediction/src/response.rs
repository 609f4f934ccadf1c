//! What posts bring: by how many followers the changes of an account follow its posts.
//!
//! A regressor that has posts among its inputs is no answer to what other posts would bring: its other inputs share
//! their effect, and the members beside it dilute it. So the effect is estimated by itself: least squares of changes on
//! the posts of the same step and of up to three before it, after the slow trend (the mean of the steps around) and the
//! rhythm (the mean of the weekday or hour) were taken out of both (Frisch & Waugh 1933). What the weekday does is not
//! taken for an effect of posts that follow the weekday. How many steps before count is chosen by the information
//! criterion of Schwarz (1978), and the outcome is shrunk by 1 − 1/F (James & Stein 1961). Days that went viral for
//! other reasons are held to 2.5 standard deviations of the errors (Huber 1973).
//!
//! Whether posts matter is for a rolling-origin backtest to say: of changes that the fit has not seen, the error with
//! posts has to be smaller than without.

mod backtest;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::features::recent_activity;
use crate::numeric::{count, mean, median, tail};
use crate::series::{Activity, Series};

/// Steps whose posts may count: a change's own, and three before it.
const LAGS: usize = 4;
/// The latest rows that are fitted on.
const MOST_ROWS: usize = 1_095;
/// Seasons without which nothing is fitted.
const SEASONS_AT_LEAST: usize = 3;
/// What is left of the posts, as a share of their squares, below which they are nothing but rhythm or earlier posts.
const INDEPENDENT: f64 = 1e-6;
/// Fits, each without what the one before found too far off.
const ROUNDS: usize = 4;
/// Errors count as this many standard deviations at most.
const FAR: f64 = 2.5;
/// A standard deviation over the median size of normal errors.
const MEDIAN_OF_NORMAL: f64 = 1.482_6;
/// The share of squares that is never taken for explained, so that a noiseless history has a finite criterion.
const UNEXPLAINED: f64 = 1e-12;

/// How an account's followers respond to its posts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Response {
    /// Followers that a post brings in its own step, in the next one, and so on.
    effects: Vec<f64>,
    /// Posts a step that the forecast takes for granted.
    usual: f64,
    steps_per_day: f64,
    /// The fewest and the most posts of a day that the history has seen.
    seen: (f64, f64),
}

impl Response {
    /// The response of a series with recorded activity, where the backtest shows that posts matter.
    pub(crate) fn measure(series: &Series) -> Option<Self> {
        let activity = series.activity()?;
        let rows = Rows::of(series, activity);
        if !backtest::posts_matter(&rows) {
            return None;
        }
        let per_day = series.timeline().steps_per_day();
        Some(Self {
            effects: rows.fit()?,
            usual: recent_activity(activity.posts()),
            steps_per_day: count(per_day),
            seen: seen(activity, series.len(), per_day)?,
        })
    }

    /// Posts a day that the forecast takes for granted.
    pub(crate) fn usual(&self) -> f64 {
        self.usual * self.steps_per_day
    }

    /// Followers that the posts of a step which the forecast takes for granted bring against none in that step, in the
    /// next one, and so on.
    pub(crate) fn usual_effects(&self) -> Vec<f64> {
        self.effects.iter().map(|effect| self.usual * effect).collect()
    }

    /// The fewest and the most posts of a day that the history has seen.
    pub(crate) fn seen(&self) -> RangeInclusive<f64> {
        self.seen.0..=self.seen.1
    }

    /// The nearest number of posts a day that was seen.
    pub(crate) fn nearest(&self, posts_per_day: f64) -> f64 {
        posts_per_day.max(self.seen.0).min(self.seen.1)
    }

    /// By how many followers an assumed number of posts a day moves each of `steps` steps from what is usual.
    pub(crate) fn moved_by(&self, posts_per_day: f64, steps: usize) -> Vec<f64> {
        let more = posts_per_day / self.steps_per_day - self.usual;
        let mut moved = 0.0;
        let step = |number: usize| {
            moved += more * self.effects.iter().take(number).sum::<f64>();
            moved
        };
        (1..=steps).map(step).collect()
    }
}

/// The fewest and the most posts of a day's steps, of days that are recorded whole.
fn seen(activity: &Activity, steps: usize, per_day: usize) -> Option<(f64, f64)> {
    let whole = (0..steps).filter(|index| activity.run(*index) >= per_day);
    let day = |index: usize| tail(activity.posts().get(..=index).unwrap_or_default(), per_day).iter().sum::<f64>();
    let range = whole
        .map(day)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), posts| (least.min(posts), most.max(posts)));
    (range.0 <= range.1).then_some(range)
}

/// Changes with the posts of their step and of those before.
#[derive(Debug, Clone, Default)]
struct Rows {
    /// Steps to a season: seven days, or 24 hours.
    season: usize,
    indices: Vec<usize>,
    /// The weekday, or the hour, of each row.
    places: Vec<usize>,
    changes: Vec<f64>,
    /// For each lag a column of posts.
    posts: Vec<Vec<f64>>,
}

impl Rows {
    /// The latest rows of a series whose posts are all recorded.
    fn of(series: &Series, activity: &Activity) -> Self {
        let timeline = series.timeline();
        let hourly = timeline.steps_per_day() > 1;
        let known = (0..series.len()).filter(|index| activity.run(*index) >= LAGS && series.run(*index) > 0);
        let known: Vec<usize> = known.collect();
        let indices = known.get(known.len().saturating_sub(MOST_ROWS)..).unwrap_or_default().to_vec();
        let place = |index: &usize| {
            let moment = timeline.moment(*index);
            usize::try_from(if hourly { moment.hour } else { moment.weekday }).unwrap_or_default()
        };
        let lag = |lag: usize| {
            let posts = |index: &usize| activity.posts().get(index - lag).copied().unwrap_or_default();
            indices.iter().map(posts).collect()
        };
        Self {
            season: if hourly { timeline.steps_per_day() } else { 7 },
            places: indices.iter().map(place).collect(),
            changes: indices.iter().filter_map(|index| series.change(*index)).collect(),
            posts: (0..LAGS).map(lag).collect(),
            indices,
        }
    }

    fn len(&self) -> usize {
        self.indices.len()
    }

    /// The rows from `from` until before `until`.
    fn part(&self, from: usize, until: usize) -> Self {
        fn cut<T: Copy>(column: &[T], from: usize, until: usize) -> Vec<T> {
            column.get(from..until).unwrap_or_default().to_vec()
        }
        Self {
            season: self.season,
            indices: cut(&self.indices, from, until),
            places: cut(&self.places, from, until),
            changes: cut(&self.changes, from, until),
            posts: self.posts.iter().map(|column| cut(column, from, until)).collect(),
        }
    }

    /// Followers that a post brings in its own step and in those after; `None` where that cannot be told.
    fn fit(&self) -> Option<Vec<f64>> {
        if self.len() < SEASONS_AT_LEAST * self.season {
            return None;
        }
        let columns: Vec<Vec<f64>> = self.posts.iter().map(|column| self.remainder(column)).collect();
        let spent = count(self.season) + count(self.len()) / count(self.window() * 2 + 1);
        let mut observed = self.changes.clone();
        let mut effects = None;
        for _ in 0..ROUNDS {
            let changes = self.remainder(&observed);
            let squares = least_squares(&columns, &changes, spent)?;
            let errors = squares.errors(&columns, changes);
            let most = FAR * MEDIAN_OF_NORMAL * median(&errors.iter().map(|error| error.abs()).collect::<Vec<_>>());
            for (change, error) in observed.iter_mut().zip(errors) {
                *change -= error - error.clamp(-most, most);
            }
            effects = Some(squares.shrunk());
        }
        effects.filter(|effects| effects.iter().all(|effect| effect.is_finite()))
    }

    /// Steps on each side that the slow trend is the mean of.
    fn window(&self) -> usize {
        2 * self.season
    }

    /// A column without its slow trend and its rhythm.
    fn remainder(&self, column: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        sums.extend(column.iter().map(|value| {
            sum += value;
            sum
        }));
        let around = |index: usize| {
            let from = self.indices.partition_point(|other| other + self.window() < index);
            let until = self.indices.partition_point(|other| *other <= index + self.window());
            let total = sums.get(until).zip(sums.get(from)).map_or(0.0, |(until, from)| until - from);
            total / count((until - from).max(1))
        };
        let level: Vec<f64> = column.iter().zip(&self.indices).map(|(value, index)| value - around(*index)).collect();
        let rhythm = self.rhythm(&level);
        let place = |place: &usize| rhythm.get(*place).copied().unwrap_or_default();
        level.iter().zip(&self.places).map(|(value, at)| value - place(at)).collect()
    }

    /// The mean of a column at each place of the season; where a place has no row, the mean of all.
    fn rhythm(&self, column: &[f64]) -> Vec<f64> {
        let all = mean(column);
        let at = |place: usize| {
            let values: Vec<f64> =
                column.iter().zip(&self.places).filter(|(_, at)| **at == place).map(|(value, _)| *value).collect();
            if values.is_empty() { all } else { mean(&values) }
        };
        (0..self.season).map(at).collect()
    }
}

/// Effects by least squares, and by how much they are to be shrunk.
struct Squares {
    effects: Vec<f64>,
    shrink: f64,
}

impl Squares {
    /// What the effects leave unexplained of changes.
    fn errors(&self, columns: &[Vec<f64>], mut changes: Vec<f64>) -> Vec<f64> {
        for (effect, column) in self.effects.iter().zip(columns) {
            for (change, posts) in changes.iter_mut().zip(column) {
                *change -= effect * posts;
            }
        }
        changes
    }

    fn shrunk(self) -> Vec<f64> {
        self.effects.into_iter().map(|effect| self.shrink * effect).collect()
    }
}

/// Changes on the first columns, as many as the criterion chooses, where the trend and the rhythm have taken `spent`
/// degrees of freedom; `None` where the first column is nothing.
fn least_squares(columns: &[Vec<f64>], changes: &[f64], spent: f64) -> Option<Squares> {
    let basis = orthogonal(columns, changes);
    let all = dot(changes, changes);
    let left = |lags: usize| {
        let explained: f64 = basis.iter().take(lags).map(|direction| direction.explained).sum();
        (all - explained).max(UNEXPLAINED * all)
    };
    let rows = count(changes.len());
    let criterion = |lags: usize| rows * left(lags).ln() + count(lags) * rows.ln();
    let lags = (1..=basis.len()).min_by(|one, other| criterion(*one).total_cmp(&criterion(*other)))?;
    let ratio = (all - left(lags)) / count(lags) / (left(lags) / (rows - spent - count(lags)).max(1.0));
    Some(Squares { effects: coefficients(basis.get(..lags)?), shrink: (1.0 - ratio.recip()).max(0.0) })
}

/// What a lag has beside the lags before it.
struct Direction {
    values: Vec<f64>,
    /// How much of each direction before it was taken out of the column.
    shares: Vec<f64>,
    /// What a unit of it does to the changes.
    slope: f64,
    /// Squares of the changes that it explains.
    explained: f64,
}

/// Makes columns independent of those before them (Gram & Schmidt), up to the first that is not; each beside what it
/// explains of the changes.
fn orthogonal(columns: &[Vec<f64>], changes: &[f64]) -> Vec<Direction> {
    let mut basis: Vec<Direction> = Vec::new();
    for column in columns {
        let mut values = column.clone();
        let mut shares = Vec::new();
        for earlier in &basis {
            let share = dot(column, &earlier.values) / dot(&earlier.values, &earlier.values);
            for (value, other) in values.iter_mut().zip(&earlier.values) {
                *value -= share * other;
            }
            shares.push(share);
        }
        let size = dot(&values, &values);
        if size <= INDEPENDENT * dot(column, column) || size <= 0.0 {
            break;
        }
        let slope = dot(changes, &values) / size;
        basis.push(Direction { values, shares, slope, explained: slope * slope * size });
    }
    basis
}

/// What a unit of each column does, from what a unit of each direction does.
fn coefficients(basis: &[Direction]) -> Vec<f64> {
    let mut effects = vec![0.0; basis.len()];
    for place in (0..basis.len()).rev() {
        let later: f64 = basis
            .iter()
            .zip(&effects)
            .skip(place + 1)
            .map(|(direction, effect)| direction.shares.get(place).copied().unwrap_or_default() * effect)
            .sum();
        if let (Some(effect), Some(direction)) = (effects.get_mut(place), basis.get(place)) {
            *effect = direction.slope - later;
        }
    }
    effects
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
