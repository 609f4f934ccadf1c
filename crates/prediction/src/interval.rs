//! Prediction intervals from backtest residuals: split-conformal (Vovk et al. 2005), scaled by horizon.
//!
//! Each residual e at step h gives the score |e| / hᵍ; the exponent g is fitted to how the mean residual grows with h and
//! kept between ½ (a random walk) and 1 (a wrong slope). The half-width at level p and step h is the (n + 1)·p-th
//! smallest score times hᵍ; beyond the largest score it goes on as a normal tail would.
//!
//! Residuals of one origin move together, so what counts as evidence is the number of independent test windows k, not of
//! residuals; and the served model was chosen for having small ones. Half-widths are therefore widened by the ratio of
//! Student's t to the normal quantile, t/z ≈ 1 + (z² + 1) / 4ν, with ν = (k − 1) / 2 degrees of freedom, at least 1.

use std::collections::BTreeMap;

use atalaya_domain::forecast::{Interval, Level};
use serde::{Deserialize, Serialize};

use crate::backtest::Pair;
use crate::models::possible;
use crate::numeric::{count, half_normal_quantile, mean, whole};

/// The exponent where the steps are too few to fit one: half-way between a random walk and a wrong slope.
const USUAL_EXPONENT: f64 = 0.75;

/// Degrees of freedom that one more independent test window is worth: half of one, because the residuals that make the
/// intervals also chose the model.
const EVIDENCE: f64 = 0.5;

/// What intervals are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    exponent: f64,
    /// Ascending.
    scores: Vec<f64>,
    freedom: f64,
}

impl Calibration {
    /// From residuals over `independent` test windows.
    pub(crate) fn new(pairs: &[Pair], independent: f64) -> Self {
        let exponent = growth(pairs);
        let mut scores: Vec<f64> = pairs.iter().map(|pair| pair.size() / count(pair.step).powf(exponent)).collect();
        scores.sort_by(f64::total_cmp);
        Self { exponent, scores, freedom: (EVIDENCE * (independent - 1.0)).max(1.0) }
    }

    /// Half the width of the interval at a level, `step` steps ahead (0 counts as 1). Grows with both.
    pub(crate) fn radius(&self, level: Level, step: usize) -> f64 {
        let z = half_normal_quantile(level.probability());
        let widening = 1.0 + (z * z + 1.0) / (4.0 * self.freedom);
        self.quantile(level.probability()) * widening * count(step.max(1)).powf(self.exponent)
    }

    /// The interval around a forecast; cut off where no number of followers can be.
    pub(crate) fn interval(&self, level: Level, mean: f64, step: usize, signed: bool) -> Interval {
        let radius = self.radius(level, step);
        Interval { level, lower: possible(mean - radius, signed), upper: possible(mean + radius, signed) }
    }

    /// Whether every residual was zero, so that intervals are points.
    pub(crate) fn is_degenerate(&self) -> bool {
        self.scores.last().is_none_or(|largest| *largest <= 0.0)
    }

    fn quantile(&self, probability: f64) -> f64 {
        let (Some(largest), n) = (self.scores.last().copied(), count(self.scores.len())) else { return 0.0 };
        let rank = probability * (n + 1.0);
        if rank >= n {
            let known = n / (n + 1.0);
            return largest * (half_normal_quantile(probability) / half_normal_quantile(known)).max(1.0);
        }
        let below = whole(rank.floor());
        let at =
            |position: usize| position.checked_sub(1).and_then(|i| self.scores.get(i)).copied().unwrap_or_default();
        at(below) + (rank - rank.floor()) * (at(below + 1) - at(below))
    }
}

/// The slope of log mean |e| over log step.
fn growth(pairs: &[Pair]) -> f64 {
    let mut by_step: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for pair in pairs {
        by_step.entry(pair.step).or_default().push(pair.size());
    }
    let sizes = by_step.iter().map(|(step, sizes)| (*step, mean(sizes)));
    let points: Vec<(f64, f64)> =
        sizes.filter(|(_, size)| *size > 0.0).map(|(step, size)| (count(step).ln(), size.ln())).collect();
    if points.len() < 3 {
        return USUAL_EXPONENT;
    }
    let (x, y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    let (x_mean, y_mean) = (mean(&x), mean(&y));
    let along: f64 = points.iter().map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    let spread: f64 = x.iter().map(|x| (x - x_mean).powi(2)).sum();
    (along / spread).clamp(0.5, 1.0)
}

/// Intervals judged on points whose own origin had no part in making them.
pub(crate) struct LeaveOneOut<'a> {
    /// Pairs of one origin, and the calibration from those of the others.
    splits: Vec<(&'a [Pair], Calibration)>,
    pairs: usize,
}

impl<'a> LeaveOneOut<'a> {
    /// From pairs in the order of their splits, over `independent` test windows.
    pub(crate) fn new(pairs: &'a [Pair], independent: f64) -> Self {
        let splits = pairs.chunk_by(|a, b| a.split == b.split).map(|own| {
            let number = own.first().map_or(0, |pair| pair.split);
            let others: Vec<Pair> = pairs.iter().filter(|pair| pair.split != number).copied().collect();
            (own, Calibration::new(&others, independent - 1.0))
        });
        Self { splits: splits.collect(), pairs: pairs.len() }
    }

    /// The share of points inside their interval, 0 to 1.
    pub(crate) fn coverage(&self, level: Level) -> f64 {
        self.mean(level, |pair, radius| if pair.size() <= radius { 1.0 } else { 0.0 })
    }

    /// The mean interval score (Gneiting & Raftery 2007), in the unit of the values.
    pub(crate) fn interval_score(&self, level: Level) -> f64 {
        let penalty = 2.0 / (1.0 - level.probability());
        self.mean(level, |pair, radius| 2.0 * radius + penalty * (pair.size() - radius).max(0.0))
    }

    fn mean(&self, level: Level, of: impl Fn(&Pair, f64) -> f64) -> f64 {
        let each = self
            .splits
            .iter()
            .flat_map(|(own, calibration)| own.iter().map(|pair| of(pair, calibration.radius(level, pair.step))));
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
    fn the_exponent_follows_how_errors_grow() {
        let growing = |power: f64| {
            let pairs: Vec<Pair> = (1..=14).map(|step| pair(0, step, 3.0 * count(step).powf(power))).collect();
            Calibration::new(&pairs, 10.0).exponent
        };
        assert!((growing(0.7) - 0.7).abs() < 1e-9);
        assert!((growing(0.1) - 0.5).abs() < 1e-9);
        assert!((growing(2.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_quantile_is_the_split_conformal_one_and_goes_on_beyond_the_largest_score() {
        let pairs: Vec<Pair> = (1..=9).map(|size| pair(0, 1, f64::from(size))).collect();
        let calibration = Calibration::new(&pairs, 10.0);
        assert!((calibration.quantile(0.8) - 8.0).abs() < 1e-9);
        assert!((calibration.quantile(0.9) - 9.0).abs() < 1e-9);
        assert!(calibration.quantile(0.99) > 9.0);
    }

    #[test]
    fn fewer_independent_windows_make_wider_intervals() {
        let pairs: Vec<Pair> = (1..=9).map(|size| pair(0, 1, f64::from(size))).collect();
        let radius = |independent| Calibration::new(&pairs, independent).radius(level(95), 1);
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
        let coverage = LeaveOneOut::new(&pairs, 20.0).coverage(level(95));
        assert!((0.6..0.7).contains(&coverage), "{coverage}");
    }

    #[test]
    fn intervals_are_cut_off_at_zero() {
        let pairs: Vec<Pair> = (1..=9).map(|size| pair(0, 1, f64::from(size))).collect();
        assert!(Calibration::new(&pairs, 5.0).interval(level(95), 2.0, 10, false).lower.abs() < f64::EPSILON);
    }
}
