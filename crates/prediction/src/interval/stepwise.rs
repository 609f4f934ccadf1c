//! Half-widths of which each step has its own scale.

use serde::{Deserialize, Serialize};

use super::scores::Scores;
use super::widening;
use crate::backtest::Pair;
use crate::numeric::{count, half_normal_quantile};
use crate::unrest::{Floor, Unrest};

/// What a window weighs against the one after it.
const FADING: f64 = 0.94;
/// How errors grow with the horizon where an account says nothing of it: between the ½ of a random walk and the 1 of a
/// wrong slope.
const USUAL_EXPONENT: f64 = 0.65;
/// The distance from the usual exponent at which half of an account's own is believed: some distance is chance.
const DOUBTED: f64 = 0.35;
/// The exponents that an account may have: from errors that do not grow, as of noise around a level, to a wrong
/// slope's.
const EXPONENTS: (f64, f64) = (0.0, 1.2);

/// Scores of backtest residuals, and the scale of each step.
///
/// The scale is a power of the step. Its exponent is fitted to the mean absolute residuals of the account's steps by
/// least squares in logarithms, and shrunk towards 0.65 where it is near to that: noise around a trend is as hard to
/// forecast for tomorrow as for next week (exponent 0), a random walk is not (½), and a few windows tell less apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stepwise {
    scores: Scores,
    freedom: f64,
    exponent: f64,
    floor: Floor,
}

impl Stepwise {
    /// From residuals, in the order of their splits, over `independent` test windows.
    pub(crate) fn new(pairs: &[Pair], unrest: &Unrest, independent: f64) -> Self {
        let residuals = residuals(pairs, unrest);
        let exponent = exponent(&residuals);
        let longest = residuals.iter().map(|residual| residual.step).max().unwrap_or(1);
        let scales: Vec<f64> = (0..=longest).map(|step| count(step.max(1)).powf(exponent)).collect();
        let scale = |step: usize| scales.get(step).copied().unwrap_or(1.0);
        let scores = residuals.iter().map(|residual| (residual.size / scale(residual.step), residual.weight)).collect();
        let scores = Scores::new(scores);
        Self { scores, freedom: (independent - 1.0).max(1.0), exponent, floor: unrest.floor().clone() }
    }

    pub(super) fn radius(&self, probability: f64, step: usize, restless: f64) -> f64 {
        let step = step.max(1);
        let z = half_normal_quantile(probability);
        let radius = self.scores.quantile(probability) * widening(z, self.freedom) * restless;
        (radius * count(step).powf(self.exponent)).max(self.floor.radius(probability, step))
    }

    pub(super) fn is_degenerate(&self) -> bool {
        self.scores.largest() <= 0.0 && self.floor.is_none()
    }
}

/// The size of an error.
struct Residual {
    /// From the last reading that was not in doubt at its origin.
    step: usize,
    size: f64,
    weight: f64,
}

fn residuals(pairs: &[Pair], unrest: &Unrest) -> Vec<Residual> {
    let mut residuals = Vec::with_capacity(pairs.len());
    let mut weight = 1.0;
    let windows: Vec<&[Pair]> = pairs.chunk_by(|a, b| a.split == b.split).collect();
    for window in windows.iter().rev() {
        let residual = |pair: &Pair| {
            let step = unrest.at_split(pair.split).ahead(pair.step);
            Residual { step, size: pair.size(), weight }
        };
        residuals.extend(window.iter().map(residual));
        weight *= FADING;
    }
    residuals
}

/// The account's exponent of the horizon, shrunk to the usual one.
fn exponent(residuals: &[Residual]) -> f64 {
    let longest = residuals.iter().map(|residual| residual.step).max().unwrap_or(0);
    let mut by_step = vec![(0.0, 0.0); longest + 1];
    for residual in residuals {
        if let Some((weight, sum)) = by_step.get_mut(residual.step) {
            *weight += residual.weight;
            *sum += residual.weight * residual.size;
        }
    }
    let points: Vec<(f64, f64, f64)> = by_step
        .iter()
        .enumerate()
        .filter(|(_, (_, sum))| *sum > 0.0)
        .map(|(step, (weight, sum))| (count(step).ln(), (sum / weight).ln(), *weight))
        .collect();
    let own = slope(&points).map(|slope| slope.clamp(EXPONENTS.0, EXPONENTS.1));
    own.map_or(USUAL_EXPONENT, |own| {
        let apart = own - USUAL_EXPONENT;
        USUAL_EXPONENT + apart.powi(5) / (apart.powi(4) + DOUBTED.powi(4))
    })
}

/// The slope of the weighted least-squares line through three or more points.
fn slope(points: &[(f64, f64, f64)]) -> Option<f64> {
    let total: f64 = points.iter().map(|(_, _, weight)| weight).sum();
    let mean = |of: fn(&(f64, f64, f64)) -> f64| points.iter().map(|point| of(point) * point.2).sum::<f64>() / total;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| point.2 * (point.0 - x).powi(2)).sum();
    let shared: f64 = points.iter().map(|point| point.2 * (point.0 - x) * (point.1 - y)).sum();
    (points.len() >= 3 && spread > 0.0).then(|| shared / spread)
}
