//! What the changes of a series say about its intervals, whatever its models say.

use serde::{Deserialize, Serialize};

use crate::doubt::Doubt;
use crate::numeric::{count, median, stored};
use crate::series::Series;

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

    /// At a split of the design, by its number.
    pub(crate) fn at_split(&self, number: usize) -> Doubt {
        self.at_splits.get(number).copied().unwrap_or(Doubt::NONE)
    }

    /// The least that intervals must allow for.
    pub(crate) fn floor(&self) -> &Floor {
        &self.floor
    }
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
}
