//! Why an interval is wider than the errors of the backtest say.

use serde::{Deserialize, Serialize};

use crate::irregularities::LONGEST_OUTLIER;
use crate::numeric::stored;
use crate::restlessness::restlessness;
use crate::series::{LONG_GAP, Series};

/// The probability from which an interval is at least as wide as [`Doubt::least`] says.
const WHOLE: f64 = 0.8;

/// What is in doubt at an origin besides what errors from other origins say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Doubt {
    /// How many times as wide as usual intervals are, because the account is restless; at least 1.
    pub(crate) restless: f64,
    /// Steps before the origin of which nothing is known, because it follows a long gap. Its horizon begins as many
    /// steps earlier: at the last reading before the gap.
    pub(crate) unseen: u32,
    /// The least half-width: what lies closer than one unit of the last digit, no reading tells. Whole from 80 % on, in
    /// proportion below.
    pub(crate) least: f64,
}

impl Doubt {
    /// Nothing is in doubt.
    pub(crate) const NONE: Self = Self { restless: 1.0, unseen: 0, least: 0.0 };

    /// At an observed point of a series, from what precedes it.
    pub(crate) fn at(series: &Series, index: usize) -> Self {
        Self { restless: restlessness(series, index), unseen: unseen(series, index), least: series.unit() }
    }

    /// Of a date in the history: what is in doubt at its end says nothing of then.
    pub(crate) fn of_the_past(self) -> Self {
        Self { least: self.least, ..Self::NONE }
    }

    /// How far ahead a step is of the last reading that is not in doubt.
    pub(crate) fn ahead(&self, step: usize) -> usize {
        step.max(1) + usize::try_from(self.unseen).unwrap_or_default()
    }

    /// The least half-width at a probability.
    pub(crate) fn least_at(&self, probability: f64) -> f64 {
        self.least * (probability / WHOLE).min(1.0)
    }
}

/// The missing steps of a long gap before a point: all of them where the point is the first one after the gap, a third
/// less with each reading between.
fn unseen(series: &Series, index: usize) -> u32 {
    let readings = (0..=index).rev().filter(|index| series.value(*index).is_some());
    let latest: Vec<usize> = readings.take(LONGEST_OUTLIER + 1).collect();
    let gaps = latest.windows(2).enumerate().filter_map(|(between, pair)| match pair {
        [after, before] => Some((between, after - before - 1)).filter(|(_, missing)| *missing > LONG_GAP),
        _ => None,
    });
    let in_doubt = gaps.map(|(between, missing)| missing * (LONGEST_OUTLIER - between) / LONGEST_OUTLIER);
    stored(in_doubt.max().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::daily;

    fn after_a_gap(missing: usize, readings: u32) -> Doubt {
        let before = (0..60_u32).map(|day| Some(f64::from(1_000 + 10 * day)));
        let after = (0..readings).map(|day| Some(f64::from(2_000 + 10 * day)));
        let values: Vec<Option<f64>> = before.chain(vec![None; missing]).chain(after).collect();
        let series = daily(&values);
        Doubt::at(&series, series.last())
    }

    #[test]
    fn what_a_long_gap_hides_is_unseen_until_three_more_readings_follow() {
        let unseen: Vec<u32> = (1..=5).map(|readings| after_a_gap(9, readings).unseen).collect();
        assert_eq!(unseen, [9, 6, 3, 0, 0]);
        assert_eq!(after_a_gap(9, 1).ahead(3), 12);
    }

    #[test]
    fn a_gap_of_a_week_hides_nothing() {
        assert_eq!(after_a_gap(7, 1).unseen, 0);
        assert_eq!(after_a_gap(0, 1), Doubt { restless: after_a_gap(0, 1).restless, unseen: 0, least: 1.0 });
    }

    #[test]
    fn the_least_width_is_whole_from_80_in_a_hundred_on() {
        let doubt = Doubt { least: 4.0, ..Doubt::NONE };
        for (probability, least) in [(0.4, 2.0), (0.8, 4.0), (0.95, 4.0)] {
            assert!((doubt.least_at(probability) - least).abs() < 1e-12, "{probability}");
        }
    }
}
