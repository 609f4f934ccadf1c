//! Half-widths of which each step has its own scale.

use serde::{Deserialize, Serialize};

use super::scores::Scores;
use super::widening;
use crate::backtest::{Evidence, Pair};
use crate::numeric::{count, half_normal_quantile, mean};
use crate::unrest::{Floor, Unrest};

/// What a window weighs against the one after it.
const FADING: f64 = 0.94;
/// How errors grow with the horizon where an account says nothing of it: between the ½ of a random walk and the 1 of a
/// wrong slope.
const USUAL_EXPONENT: f64 = 0.65;
/// The standard error at which half of an account's distance from the usual exponent is believed.
const DOUBTED: f64 = 0.35;
/// The exponents that an account may have: from errors that do not grow, as of noise around a level, to a wrong
/// slope's.
const EXPONENTS: (f64, f64) = (0.0, 1.2);
/// How much of what made an account restless at an origin its errors from there are relieved of, as an exponent. With 1
/// they would be so of all that width follows, and intervals would fall short where restlessness tells little.
const RELIEVED: f64 = 0.65;
/// A weight that is as good as none: the latest window has 1, the sixteenth before it 0.37.
const NOTHING: f64 = 1e-6;

/// Scores of backtest residuals, and the scale of each step.
///
/// The scale is a power of the step. Its exponent is fitted to the mean absolute residuals of the account's steps by
/// least squares in logarithms, and shrunk towards 0.65 by its standard error, which the jackknife over windows tells
/// (Quenouille 1956; Efron & Morris 1975): noise around a trend is as hard to forecast for tomorrow as for next week
/// (exponent 0), a random walk is not (½), and few windows tell less apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stepwise {
    scores: Scores,
    freedom: f64,
    exponent: f64,
    floor: Floor,
}

impl Stepwise {
    /// From residuals, in the order of their splits.
    pub(crate) fn new(pairs: &[Pair], unrest: &Unrest, evidence: Evidence) -> Self {
        let residuals = residuals(pairs, unrest);
        let exponent = exponent(&residuals);
        let longest = residuals.iter().map(|residual| residual.step).max().unwrap_or(1);
        let scales: Vec<f64> = (0..=longest).map(|step| count(step.max(1)).powf(exponent)).collect();
        let scale = |step: usize| scales.get(step).copied().unwrap_or(1.0);
        let scores = residuals.iter().map(|residual| (residual.size / scale(residual.step), residual.weight)).collect();
        let scores = Scores::new(scores);
        Self { scores, freedom: evidence.freedom(), exponent, floor: unrest.floor().clone() }
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
    /// The place of its window, the latest being 0.
    window: usize,
    /// From the last reading that was not in doubt at its origin.
    step: usize,
    /// Relieved of what made the account restless at its origin.
    size: f64,
    weight: f64,
}

fn residuals(pairs: &[Pair], unrest: &Unrest) -> Vec<Residual> {
    let mut residuals = Vec::with_capacity(pairs.len());
    let mut weight = 1.0;
    let windows: Vec<&[Pair]> = pairs.chunk_by(|a, b| a.split == b.split).collect();
    for (place, window) in windows.iter().rev().enumerate() {
        let residual = |pair: &Pair| {
            let doubt = unrest.at_split(pair.split);
            let size = pair.size() / doubt.restless.powf(RELIEVED);
            Residual { window: place, step: doubt.ahead(pair.step), size, weight }
        };
        residuals.extend(window.iter().map(residual));
        weight *= FADING;
    }
    residuals
}

/// Weights, and sums of weighted sizes, by step.
type Sums = Vec<(f64, f64)>;

/// The account's exponent of the horizon, shrunk to the usual one as far as its windows leave it in doubt.
fn exponent(residuals: &[Residual]) -> f64 {
    let longest = residuals.iter().map(|residual| residual.step).max().unwrap_or(0);
    let windows = residuals.iter().map(|residual| residual.window + 1).max().unwrap_or(0);
    let mut all: Sums = vec![(0.0, 0.0); longest + 1];
    let mut by_window: Vec<Sums> = vec![all.clone(); windows];
    for residual in residuals {
        let of_window = by_window.get_mut(residual.window);
        for sums in [Some(&mut all), of_window].into_iter().flatten() {
            if let Some((weight, sum)) = sums.get_mut(residual.step) {
                *weight += residual.weight;
                *sum += residual.weight * residual.size;
            }
        }
    }
    let logarithms: Vec<f64> = (0..=longest).map(|step| count(step.max(1)).ln()).collect();
    let without = |window: &Sums| -> Sums {
        let rest = all.iter().zip(window).map(|((weight, sum), (own, own_sum))| (weight - own, sum - own_sum));
        rest.collect()
    };
    let others: Vec<f64> = by_window.iter().filter_map(|window| slope(&logarithms, &without(window))).collect();
    let Some((own, squared_error)) = slope(&logarithms, &all).zip(jackknife(&others)) else { return USUAL_EXPONENT };
    let believed = DOUBTED * DOUBTED / (DOUBTED * DOUBTED + squared_error);
    (USUAL_EXPONENT + believed * (own - USUAL_EXPONENT)).clamp(EXPONENTS.0, EXPONENTS.1)
}

/// The squared standard error of a figure, from what it is without each of three or more windows.
fn jackknife(without: &[f64]) -> Option<f64> {
    let windows = count(without.len());
    let middle = mean(without);
    let squares: f64 = without.iter().map(|value| (value - middle).powi(2)).sum();
    (without.len() >= 3).then(|| (windows - 1.0) / windows * squares)
}

/// The slope of the weighted least-squares line through the mean sizes of three or more steps, in logarithms.
fn slope(logarithms: &[f64], sums: &Sums) -> Option<f64> {
    let points: Vec<(f64, f64, f64)> = logarithms
        .iter()
        .zip(sums)
        // What is left of a step when its only window is taken away may be a rounding error.
        .filter(|(_, (weight, sum))| *weight > NOTHING && *sum > 0.0)
        .map(|(x, (weight, sum))| (*x, (sum / weight).ln(), *weight))
        .collect();
    let total: f64 = points.iter().map(|(_, _, weight)| weight).sum();
    let centre = |of: fn(&(f64, f64, f64)) -> f64| points.iter().map(|point| of(point) * point.2).sum::<f64>() / total;
    let (x, y) = (centre(|point| point.0), centre(|point| point.1));
    let spread: f64 = points.iter().map(|point| point.2 * (point.0 - x).powi(2)).sum();
    let shared: f64 = points.iter().map(|point| point.2 * (point.0 - x) * (point.1 - y)).sum();
    (points.len() >= 3 && spread > 0.0).then(|| shared / spread)
}
