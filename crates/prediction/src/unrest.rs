//! What the changes of a series say about its intervals, whatever its models say.

use serde::{Deserialize, Serialize};

use crate::calendar::Timeline;
use crate::doubt::Doubt;
use crate::numeric::{count, mean, median, stored, tail};
use crate::series::Series;

/// The latest changes that are held against those before: a week of days, a day of hours.
const LATEST: usize = 7;
const LATEST_HOURS: usize = 24;
/// How many times as many they are held against.
const USUAL: usize = 16;
/// How much of a change of pace the width of intervals follows, as an exponent.
const FOLLOWED: f64 = 0.5;
/// How many changes must be unlike those before for the account to be another one than it was.
const LASTING: usize = 16;
const LASTING_HOURS: usize = 48;
/// How much farther from the usual change they may be by chance.
const CHANCE: f64 = 0.45;
/// The most that a width is multiplied by.
const MOST: f64 = 3.0;
/// The share of changes that nothing but the rest explains, below which an account stands still.
const STILL: f64 = 0.5;
/// The most moves that a floor remembers: the largest.
const MOVES: usize = 200;

/// What was in doubt at the origins of a design, and the least that the intervals of its series must allow for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Unrest {
    at_splits: Vec<Doubt>,
    floor: Floor,
}

impl Unrest {
    /// Of a series, at origins.
    pub(crate) fn new(series: &Series, origins: impl Iterator<Item = usize>) -> Self {
        Self { at_splits: origins.map(|origin| Doubt::at(series, origin)).collect(), floor: Floor::of(series) }
    }

    /// How many times as wide as usual intervals are at a point, from what precedes it; 1 to 3.
    ///
    /// An account that is restless now is not as sure as it was, and one that is calm now may wake up again. The larger
    /// one of two measures over the last 112 steps (384 hours): the mean absolute change of the last 7 (24) over that
    /// of all, to the power of ½, which answers to a few large days; and the median distance from the usual change in
    /// the last 16 (48) over that in those before, less 0.45, which answers to a change that lasts, wholly. The latter
    /// only by the day and by the hour.
    pub(crate) fn at(series: &Series, index: usize) -> f64 {
        let (latest, lasting) = match series.timeline() {
            Timeline::Hourly { .. } => (LATEST_HOURS, Some(LASTING_HOURS)),
            Timeline::Daily { .. } => (LATEST, Some(LASTING)),
            // A few weeks or months are one part of the year and not of another.
            _ => (LATEST, None),
        };
        let from = (index + 1).saturating_sub(latest * USUAL);
        let changes: Vec<f64> = (from..=index).filter_map(|index| series.change(index)).collect();
        let turmoil = lasting.map_or(1.0, |lasting| turmoil(&changes, lasting));
        pace(&changes, latest).max(turmoil).clamp(1.0, MOST)
    }

    /// At a split of the design, by its number.
    pub(crate) fn at_split(&self, number: usize) -> Doubt {
        self.at_splits.get(number).copied().unwrap_or(Doubt::NONE)
    }

    /// The least that intervals must allow for.
    pub(crate) fn floor(&self) -> &Floor {
        &self.floor
    }
}

/// The mean size of the latest changes over that of all, dampened.
fn pace(changes: &[f64], latest: usize) -> f64 {
    let sizes: Vec<f64> = changes.iter().map(|change| change.abs()).collect();
    let usual = mean(&sizes);
    if sizes.len() < 2 * latest || usual <= 0.0 {
        return 1.0;
    }
    (mean(tail(&sizes, latest)) / usual).powf(FOLLOWED)
}

/// The median distance of the latest changes from the usual one, over that of the changes before them, less what is
/// chance.
fn turmoil(changes: &[f64], latest: usize) -> f64 {
    let usual = median(changes);
    let distances: Vec<f64> = changes.iter().map(|change| (change - usual).abs()).collect();
    let Some(before) = distances.len().checked_sub(latest).filter(|before| *before >= 2 * latest) else { return 1.0 };
    let (before, now) = distances.split_at(before);
    let before = median(before);
    if before > 0.0 { median(now) / before - CHANCE } else { 1.0 }
}

/// The moves of an account that stands still on most days. A backtest that happened to see none of them would make sure
/// forecasts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Floor {
    /// Sizes of changes that neither the usual change nor that of the season before explains, ascending.
    moves: Vec<f64>,
    /// Changes that were seen, those without a move among them.
    seen: u32,
}

impl Floor {
    /// Of a series; none where it moves on more than half of its steps: its residuals tell enough.
    fn of(series: &Series) -> Self {
        let changes: Vec<f64> = series.changes_until(series.last()).collect();
        let (usual, season) = (median(&changes), series.timeline().season());
        let unexplained = |index: usize| -> Option<f64> {
            let change = series.change(index)?;
            let before = index.checked_sub(season).and_then(|before| series.change(before));
            let beside = |expected: f64| (change - expected).abs();
            Some(before.map_or(beside(usual), |before| beside(usual).min(beside(before))))
        };
        let sizes: Vec<f64> = (0..series.len()).filter_map(unexplained).collect();
        // What rounding leaves of a straight line is no move.
        let least = 1e-9 * series.value(series.last()).unwrap_or_default().abs();
        let mut moves: Vec<f64> = sizes.iter().copied().filter(|size| *size > least).collect();
        if count(moves.len()) >= STILL * count(sizes.len()) {
            return Self::default();
        }
        moves.sort_by(f64::total_cmp);
        let rest = moves.len().saturating_sub(MOVES);
        moves.drain(..rest);
        Self { moves, seen: stored(sizes.len()) }
    }

    /// The half-width that holds `step` steps in a row with a probability, if each may move as any that was seen, or as
    /// far as the farthest once more: the conformal quantile of the moves at the step-th root of the probability.
    pub(crate) fn radius(&self, probability: f64, step: usize) -> f64 {
        let seen = f64::from(self.seen);
        let rank = (probability.powf(1.0 / count(step.max(1))) * (seen + 1.0)).ceil();
        let from_above = seen - rank;
        let from_the_largest = self.moves.iter().rev().enumerate();
        from_the_largest.into_iter().find(|(back, _)| count(*back) >= from_above).map_or(0.0, |(_, size)| *size)
    }

    /// Whether there is nothing to allow for.
    pub(crate) fn is_none(&self) -> bool {
        self.moves.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{daily, rhythm};

    fn series(values: impl Iterator<Item = f64>) -> Series {
        daily(&values.map(Some).collect::<Vec<_>>())
    }

    #[test]
    fn an_account_that_moves_every_day_needs_no_floor() {
        let series = daily(&rhythm(200));
        assert!(Unrest::new(&series, std::iter::empty()).floor().is_none());
    }

    #[test]
    fn a_move_that_was_seen_once_in_120_days_is_allowed_for_in_two_weeks_and_not_tomorrow() {
        let floor = Floor::of(&series((0..121).map(|day| if day < 60 { 1_000.0 } else { 1_500.0 })));
        assert_eq!((floor.radius(0.8, 1), floor.radius(0.95, 1)), (0.0, 0.0));
        assert_eq!((floor.radius(0.8, 60), floor.radius(0.95, 14)), (500.0, 500.0));
    }

    #[test]
    fn a_bump_on_the_same_day_of_every_week_is_explained() {
        let mut level = 1_000.0;
        let values = (0..120).map(|day| {
            level += if day % 7 == 6 { 100.0 } else { 0.0 };
            level
        });
        let floor = Floor::of(&series(values));
        assert_eq!(floor.moves, [100.0]);
    }

    /// A level that changes by 10 a day, give or take what `size` says of the day.
    fn growing(size: impl Fn(u32) -> f64) -> Series {
        let mut level = 10_000.0;
        series((0..200).map(move |day| {
            level += 10.0 + size(day) * if day % 2 == 0 { 1.0 } else { -1.0 };
            level
        }))
    }

    #[test]
    fn an_account_is_restless_when_its_latest_week_is_and_never_calmer_than_usual() {
        let series = growing(|day| if (150..154).contains(&day) { 90.0 } else { 3.0 });
        assert!(Unrest::at(&series, 140) < 1.05, "{}", Unrest::at(&series, 140));
        assert!((1.5..2.5).contains(&Unrest::at(&series, 153)), "{}", Unrest::at(&series, 153));
        assert!((Unrest::at(&series, 199) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_change_that_lasts_is_followed_nearly_wholly() {
        let series = growing(|day| f64::from(5 + day % 3) * if day < 180 { 1.0 } else { 3.0 });
        assert!((2.2..=3.0).contains(&Unrest::at(&series, 199)), "{}", Unrest::at(&series, 199));
        assert!(Unrest::at(&series, 183) < 2.0);
    }
}
