//! Prediction intervals from backtest residuals: split-conformal (Vovk et al. 2005), scaled by horizon.
//!
//! Each residual e at step h gives the score |e| / h^0.65. The half-width at level p and step h is the p-quantile of the
//! scores times h^0.65, where the scores of recent windows weigh more, as the errors of a restless account are not those
//! of last year (Barber et al. 2023); beyond the largest score it goes on as a normal tail would.
//!
//! Residuals of one origin move together, so what counts as evidence is the number of independent test windows k, not of
//! residuals. Half-widths are therefore widened by 1 + z⁴ / 12ν, with ν = k − 1 degrees of freedom, at least 1:
//! at 95 % nearly the ratio of Student's t to the normal quantile, 1 + (z² + 1) / 4ν.
//!
//! A history too short for windows gets the intervals of a random walk with drift (Hyndman & Athanasopoulos 2021, 5.5),
//! widened for a drift that moves.

use atalaya_domain::forecast::{Interval, Level};
use serde::{Deserialize, Serialize};

use crate::backtest::Pair;
use crate::models::Bounds;
use crate::numeric::{count, deviation, half_normal_quantile, stored};

/// How errors grow with the horizon: between the ½ of a random walk and the 1 of a wrong slope. An exponent fitted to each
/// account's few windows covered worse (docs/forecasting.md).
const EXPONENT: f64 = 0.65;
/// What a window weighs against the one after it.
const FADING: f64 = 0.94;

/// How many times the error of an estimated drift counts: the drift of a young account is not the same next week. With 1,
/// the textbook's, intervals from 16 days of real channels held 69 and 86 % instead of 80 and 95 %; with 4, 82 and 94 %.
const DRIFTING: f64 = 4.0;

/// What an interval has to heed besides errors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outlook {
    pub(crate) bounds: Bounds,
    /// The size of a jump at the end of the history that too few points have confirmed; 0 where there is none.
    pub(crate) unconfirmed: f64,
}

/// What intervals are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Calibration {
    /// Scores of backtest residuals.
    Conformal(Conformal),
    /// A random walk with drift.
    Walk(Walk),
}

/// Scores of backtest residuals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Conformal {
    /// Ascending scores, each with the share of weight up to the middle of its own.
    scores: Vec<(f64, f64)>,
    freedom: f64,
}

/// A random walk whose drift was estimated from few changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Walk {
    /// Standard deviation of the changes.
    deviation: f64,
    /// How many there were.
    changes: u32,
}

impl Calibration {
    /// From residuals, in the order of their splits, over `independent` test windows.
    pub(crate) fn conformal(pairs: &[Pair], independent: f64) -> Self {
        Self::Conformal(Conformal::new(pairs, independent))
    }

    /// From the changes of a history that is too short for test windows.
    pub(crate) fn walk(changes: &[f64]) -> Self {
        Self::Walk(Walk { deviation: deviation(changes), changes: stored(changes.len()) })
    }

    /// Half the width of the interval at a level, `step` steps ahead (0 counts as 1). Grows with both.
    pub(crate) fn radius(&self, level: Level, step: usize) -> f64 {
        match self {
            Self::Conformal(conformal) => conformal.radius(level, step),
            Self::Walk(walk) => walk.radius(level, step),
        }
    }

    /// The interval around a forecast, within what is possible.
    ///
    /// Where the history ends on a jump that nothing has confirmed yet, the interval reaches over it: the jump may have been
    /// a misreading, and the account be where it was.
    pub(crate) fn interval(&self, level: Level, mean: f64, step: usize, outlook: Outlook) -> Interval {
        let (radius, back) = (self.radius(level, step), -outlook.unconfirmed);
        let bounds = outlook.bounds;
        Interval {
            level,
            lower: bounds.hold(mean - radius + back.min(0.0)),
            upper: bounds.hold(mean + radius + back.max(0.0)),
        }
    }

    /// Whether every residual was zero, so that intervals are points.
    pub(crate) fn is_degenerate(&self) -> bool {
        match self {
            Self::Conformal(conformal) => conformal.scores.last().is_none_or(|(largest, _)| *largest <= 0.0),
            Self::Walk(walk) => walk.deviation <= 0.0,
        }
    }
}

/// By how much few windows widen a half-width whose normal quantile is z: about as Student's t does at 95 %, less in the
/// middle of the distribution, which residuals tell sooner than its tails, and more beyond.
fn widening(z: f64, freedom: f64) -> f64 {
    1.0 + z.powi(4) / (12.0 * freedom.max(1.0))
}

impl Walk {
    fn radius(&self, level: Level, step: usize) -> f64 {
        let (step, changes) = (count(step.max(1)), f64::from(self.changes).max(1.0));
        let z = half_normal_quantile(level.probability());
        self.deviation * (step * (1.0 + DRIFTING * step / changes)).sqrt() * z * widening(z, changes - 1.0)
    }
}

impl Conformal {
    fn new(pairs: &[Pair], independent: f64) -> Self {
        let windows: Vec<&[Pair]> = pairs.chunk_by(|a, b| a.split == b.split).collect();
        let mut weight = 1.0;
        let mut weighted: Vec<(Pair, f64)> = Vec::with_capacity(pairs.len());
        for window in windows.iter().rev() {
            weighted.extend(window.iter().map(|pair| (*pair, weight)));
            weight *= FADING;
        }
        let mut scores: Vec<(f64, f64)> =
            weighted.iter().map(|(pair, weight)| (pair.size() / count(pair.step).powf(EXPONENT), *weight)).collect();
        scores.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let total: f64 = scores.iter().map(|(_, weight)| weight).sum();
        let mut below = 0.0;
        for (_, weight) in &mut scores {
            let middle = (below + *weight / 2.0) / total;
            below += *weight;
            *weight = middle;
        }
        Self { scores, freedom: (independent - 1.0).max(1.0) }
    }

    fn radius(&self, level: Level, step: usize) -> f64 {
        let z = half_normal_quantile(level.probability());
        let radius = self.quantile(level.probability()) * widening(z, self.freedom);
        radius * count(step.max(1)).powf(EXPONENT)
    }

    fn quantile(&self, probability: f64) -> f64 {
        let Some((largest, known)) = self.scores.last().copied() else { return 0.0 };
        // The point to be held is one more, and may be the largest of all.
        let sought = probability * (1.0 + 1.0 / count(self.scores.len()));
        if sought >= known {
            return largest * (half_normal_quantile(sought.min(0.999)) / half_normal_quantile(known)).max(1.0);
        }
        let above = self.scores.partition_point(|(_, share)| *share <= sought);
        let at = |place: usize| self.scores.get(place).copied().unwrap_or((largest, known));
        let ((upper, to), Some(before)) = (at(above), above.checked_sub(1)) else { return at(0).0 };
        let (lower, from) = at(before);
        lower + (upper - lower) * (sought - from) / (to - from).max(f64::MIN_POSITIVE)
    }
}

/// Intervals judged on points that had no part in making them.
pub(crate) struct Judged<'a> {
    /// Pairs of one origin, and the calibration that they are held against.
    splits: Vec<(&'a [Pair], Calibration)>,
    pairs: usize,
}

impl<'a> Judged<'a> {
    /// From pairs with what was known without them.
    pub(crate) fn new(splits: impl Iterator<Item = (&'a [Pair], Calibration)>) -> Self {
        let splits: Vec<(&[Pair], Calibration)> = splits.collect();
        Self { pairs: splits.iter().map(|(own, _)| own.len()).sum(), splits }
    }

    /// Each origin's pairs, in the order of their splits, held against intervals from the residuals of the others.
    pub(crate) fn leave_one_out(pairs: &'a [Pair], independent: f64) -> Self {
        Self::new(pairs.chunk_by(|a, b| a.split == b.split).map(|own| {
            let number = own.first().map_or(0, |pair| pair.split);
            let others: Vec<Pair> = pairs.iter().filter(|pair| pair.split != number).copied().collect();
            (own, Calibration::conformal(&others, independent - 1.0))
        }))
    }

    /// The share of points inside their interval, 0 to 1.
    pub(crate) fn coverage(&self, level: Level) -> f64 {
        self.mean(level, |error, around| f64::from(u8::from(around.contains(error))))
    }

    /// The mean interval score (Gneiting & Raftery 2007), in the unit of the values.
    pub(crate) fn interval_score(&self, level: Level) -> f64 {
        self.mean(level, |error, around| around.score(error))
    }

    /// The mean over all points of something about the size of an error and the interval around none.
    fn mean(&self, level: Level, of: impl Fn(f64, Interval) -> f64) -> f64 {
        let each = self.splits.iter().flat_map(|(own, calibration)| own.iter().map(move |pair| (pair, calibration)));
        let each = each.map(|(pair, calibration)| {
            let radius = calibration.radius(level, pair.step);
            of(pair.size(), Interval { level, lower: -radius, upper: radius })
        });
        each.sum::<f64>() / count(self.pairs.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(split: usize, step: usize, error: f64) -> Pair {
        Pair { split, index: 0, step, forecast: 100.0, truth: 100.0 + error }
    }

    fn level(percent: u8) -> Level {
        Level::new(percent).unwrap()
    }

    #[test]
    fn the_quantile_is_the_split_conformal_one_and_goes_on_beyond_the_largest_score() {
        let pairs: Vec<Pair> = (1..=9).map(|size| pair(0, 1, f64::from(size))).collect();
        let conformal = Conformal::new(&pairs, 10.0);
        // Nine scores: the middle of the eighth lies at 7.5 / 9, that of the ninth at 8.5 / 9.
        assert!((conformal.quantile(0.75) - 8.0).abs() < 1e-9);
        assert!((conformal.quantile(0.85) - 9.0).abs() < 1e-9);
        assert!(conformal.quantile(0.99) > 9.0);
    }

    #[test]
    fn recent_windows_weigh_more() {
        let calm_then_wild = |wild: usize| {
            let pairs: Vec<Pair> = (0..10)
                .flat_map(|split| (1..=9).map(move |size| (split, f64::from(size))))
                .map(|(split, size)| pair(split, 1, if split == wild { 10.0 * size } else { size }))
                .collect();
            Calibration::conformal(&pairs, 10.0).radius(level(80), 1)
        };
        assert!(calm_then_wild(9) > calm_then_wild(0));
    }

    #[test]
    fn a_walk_widens_faster_than_its_root_because_its_drift_is_a_guess() {
        let walk = Calibration::walk(&[1.0, -1.0, 2.0, -2.0, 1.0, -1.0, 0.5]);
        let (near, far) = (walk.radius(level(80), 1), walk.radius(level(80), 16));
        assert!(far > 4.0 * near && far < 16.0 * near);
        assert!(walk.radius(level(95), 1) > near);
    }

    #[test]
    fn fewer_independent_windows_make_wider_intervals() {
        let pairs: Vec<Pair> = (1..=9).map(|size| pair(0, 1, f64::from(size))).collect();
        let radius = |independent| Calibration::conformal(&pairs, independent).radius(level(95), 1);
        assert!(radius(2.0) > radius(5.0) && radius(5.0) > radius(10.0));
    }

    #[test]
    fn coverage_of_an_origin_is_judged_by_the_others() {
        // The third origin's errors are ten times as large: intervals from the other two do not hold them.
        let pairs: Vec<Pair> = (0..3)
            .flat_map(|split| {
                (1..=20).map(move |size| pair(split, 1, f64::from(size) * if split == 2 { 100.0 } else { 1.0 }))
            })
            .collect();
        let coverage = Judged::leave_one_out(&pairs, 20.0).coverage(level(95));
        assert!((0.6..0.7).contains(&coverage), "{coverage}");
    }

    #[test]
    fn intervals_are_cut_off_at_zero() {
        let pairs: Vec<Pair> = (1..=9).map(|size| pair(0, 1, f64::from(size))).collect();
        assert!(
            Calibration::conformal(&pairs, 5.0)
                .interval(level(95), 2.0, 10, Outlook { bounds: Bounds::FOLLOWERS, unconfirmed: 0.0 })
                .lower
                .abs()
                < f64::EPSILON
        );
    }
}
