//! A jump at the end of a history that too few points have confirmed: a misreading, or the new level.

use crate::irregularities::{Irregularities, LONGEST_OUTLIER};
use crate::numeric::{count, median};

/// Changes without which nobody can say what is usual.
const FEWEST_CHANGES: usize = 20;
/// How many times as far out as every change before it a jump must be.
const APART: f64 = 4.0;
/// The share of the level that a jump must reach.
const SHARE: f64 = 0.005;

/// How likely a jump that nothing has confirmed is to stay: 38 of 55 in the sets of docs/forecasting.md did.
const STAYS: f64 = 0.7;

/// A jump and how much of a history follows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Jump {
    /// The last reading before it.
    pub(crate) before: f64,
    /// The last reading of all.
    pub(crate) after: f64,
    /// Readings that confirmed the new level, 0 to 2.
    pub(crate) confirmations: usize,
    /// Whether it took a single step, so that nothing but a jump explains it.
    pub(crate) is_sudden: bool,
}

impl Jump {
    /// In observed values. A level shift that was found among the last three points is one; and so is, in a history
    /// that stands still too often for level shifts to be looked for, a change that is far beyond all before it.
    pub(crate) fn find(observed: &[Option<f64>], irregularities: &Irregularities) -> Option<Self> {
        // The way back from a misreading is no jump.
        let is_outlier = |index: usize| irregularities.outliers.iter().any(|outlier| outlier.index == index);
        let points: Vec<(usize, f64)> = (0..)
            .zip(observed)
            .filter_map(|(index, value)| value.filter(|_| !is_outlier(index)).map(|value| (index, value)))
            .collect();
        let late = |index: usize| points.iter().rev().take(LONGEST_OUTLIER).any(|point| point.0 == index);
        let found = irregularities.shifts.iter().map(|shift| shift.index).find(|index| late(*index));
        let first = found.or_else(|| beyond_all(&points))?;
        let place = points.iter().position(|point| point.0 == first)?;
        let (last, before) = *points.get(place.checked_sub(1)?)?;
        let is_sudden = last + 1 == first;
        Some(Self { before, after: points.last()?.1, confirmations: points.len() - 1 - place, is_sudden })
    }

    /// By how much it moves a forecast whose first value is `next`: so that it has gone from the reading before as far
    /// towards the last one as the jump is likely to be real. What a jump across a gap is made of is not in doubt
    /// alone, and moves nothing.
    pub(crate) fn correction(&self, next: f64) -> f64 {
        let size = self.after - self.before;
        if !self.is_sudden || size == 0.0 {
            return 0.0;
        }
        let likely = 1.0 - (1.0 - STAYS) * self.doubt();
        let gone = ((next - self.before) / size).clamp(0.0, 1.0);
        (likely - gone) * size
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
    use crate::irregularities::Outlier;

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
    fn a_forecast_goes_as_far_as_a_jump_is_likely_to_be_real() {
        let jump = Jump { before: 1_000.0, after: 1_300.0, confirmations: 0, is_sudden: true };
        for next in [900.0, 1_000.0, 1_150.0, 1_300.0, 1_310.0] {
            let moved = next + jump.correction(next);
            let growth = next - next.clamp(1_000.0, 1_300.0);
            assert!((moved - 1_210.0 - growth).abs() < 1e-9, "{next}: {moved}");
        }
        let confirmed = Jump { confirmations: 2, ..jump };
        assert!((confirmed.correction(1_300.0) + 30.0).abs() < 1e-9);
        let across_a_gap = Jump { is_sudden: false, ..jump };
        assert!(across_a_gap.correction(1_300.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_way_back_from_a_misreading_is_no_jump() {
        let flat: Vec<f64> = (0..100).map(|day| 1_000.0 + 7.0 * f64::from(day % 5) + 10.0 * f64::from(day)).collect();
        for back in 1..=3 {
            let mut misread: Vec<Option<f64>> = flat.iter().copied().map(Some).collect();
            misread[99 - back] = Some(1.0);
            let outlier = Outlier { index: 99 - back, observed: 1.0, expected: flat[99 - back] };
            let known = Irregularities { outliers: vec![outlier], ..Irregularities::default() };
            assert_eq!(Jump::find(&misread, &known), None, "{back} days ago");
        }
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
