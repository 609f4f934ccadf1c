//! A jump at the end of a history that too few points have confirmed: a misreading, or the new level.

use crate::irregularities::{Irregularities, LONGEST_OUTLIER};
use crate::numeric::{count, median};

/// Changes without which nobody can say what is usual.
const FEWEST_CHANGES: usize = 20;
/// How many times as far out as every change before it a jump must be.
const APART: f64 = 4.0;
/// The share of the level that a jump must reach.
const SHARE: f64 = 0.005;

/// A jump and how much of a history follows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Jump {
    /// The last reading before it.
    pub(crate) before: f64,
    /// The last reading of all.
    pub(crate) after: f64,
    /// Readings that confirmed the new level, 0 to 2.
    pub(crate) confirmations: usize,
}

impl Jump {
    /// In observed values. A level shift that was found among the last three points is one; and so is, in a history
    /// that stands still too often for level shifts to be looked for, a change that is far beyond all before it.
    pub(crate) fn find(observed: &[Option<f64>], irregularities: &Irregularities) -> Option<Self> {
        let points: Vec<(usize, f64)> =
            observed.iter().enumerate().filter_map(|(index, value)| value.map(|value| (index, value))).collect();
        let late = |index: usize| points.iter().rev().take(LONGEST_OUTLIER).any(|point| point.0 == index);
        let found = irregularities.shifts.iter().map(|shift| shift.index).find(|index| late(*index));
        let first = found.or_else(|| beyond_all(&points))?;
        let place = points.iter().position(|point| point.0 == first)?;
        let before = points.get(place.checked_sub(1)?)?.1;
        Some(Self { before, after: points.last()?.1, confirmations: points.len() - 1 - place })
    }

    /// How far intervals reach over both readings, 0 to 1: wholly on the day of the jump, a third less with each
    /// reading that confirms it.
    pub(crate) fn doubt(&self) -> f64 {
        1.0 - count(self.confirmations) / count(LONGEST_OUTLIER)
    }
}

/// The point into which one of the last three changes leads, if it is far beyond all before it. A change across a gap
/// may be as many times as large as it has steps.
fn beyond_all(points: &[(usize, f64)]) -> Option<usize> {
    let changes: Vec<(f64, f64)> = points
        .windows(2)
        .filter_map(
            |pair| if let [before, after] = pair { Some((after.1 - before.1, before.0, after.0)) } else { None },
        )
        .map(|(change, before, after)| (change, count(after - before)))
        .collect();
    let (earlier, latest) = changes.split_at_checked(changes.len().checked_sub(LONGEST_OUTLIER)?)?;
    if earlier.len() < FEWEST_CHANGES {
        return None;
    }
    let usual = median(&earlier.iter().map(|(change, steps)| change / steps).collect::<Vec<_>>());
    let beside = |(change, steps): &(f64, f64)| (change - usual * steps).abs() / steps;
    let far = earlier.iter().map(beside).fold(0.0, f64::max);
    let (back, pace) = latest.iter().map(beside).enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let size = pace * latest.get(back)?.1;
    let (into, level) = points.get(earlier.len() + back + 1).copied()?;
    let matters = size >= SHARE * level.abs().max(level.abs() - size);
    (pace > APART * far && matters && size > 0.0).then_some(into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jump(values: &[f64]) -> Option<Jump> {
        Jump::find(&values.iter().copied().map(Some).collect::<Vec<_>>(), &Irregularities::default())
    }

    #[test]
    fn a_jump_after_a_flat_history_is_doubted_less_with_each_reading_that_confirms_it() {
        let flat = vec![1_000.0; 120];
        let doubts: Vec<Option<f64>> = (0..=4)
            .map(|days| jump(&[flat.as_slice(), &vec![1_500.0; days]].concat()).map(|jump| jump.doubt()))
            .collect();
        assert_eq!(doubts[0], None);
        assert!(doubts[1].unwrap() > doubts[2].unwrap() && doubts[2].unwrap() > doubts[3].unwrap());
        assert_eq!(doubts[4], None);
        let found = jump(&[flat.as_slice(), &[1_500.0]].concat()).unwrap();
        assert_eq!((found.before, found.after, found.confirmations), (1_000.0, 1_500.0, 0));
    }

    #[test]
    fn what_an_account_gains_in_a_gap_is_no_jump_and_a_jump_across_one_is() {
        let across = |last: f64| {
            let before = (0..100).map(|day| Some(1_000.0 + 7.0 * f64::from(day % 5) + 10.0 * f64::from(day)));
            let observed: Vec<Option<f64>> = before.chain(vec![None; 30]).chain([Some(last)]).collect();
            Jump::find(&observed, &Irregularities::default())
        };
        assert_eq!(across(2_310.0), None);
        assert!(across(9_000.0).is_some());
    }

    #[test]
    fn an_ordinary_day_and_a_single_follower_are_no_jump() {
        let growing: Vec<f64> =
            (0..100).map(|day| 1_000.0 + 7.0 * f64::from(day % 5) + 10.0 * f64::from(day)).collect();
        assert_eq!(jump(&growing), None);
        assert_eq!(jump(&[vec![1_000.0; 120], vec![1_001.0]].concat()), None);
        assert_eq!(jump(&[1_000.0, 1_500.0]), None);
    }
}
