//! Sample paths: what sums, goals and totals are made of.
//!
//! At each step the values of the paths are spread as the interval of the step says, for every level. How the steps
//! hang together comes from the residuals of the backtest, whole windows at a time: a path's errors are a mixture of
//! all windows' errors with normal shares, each step brought to unit variance (a Gaussian copula whose correlations are
//! those of the residuals). As some windows say little of a correlation, and nothing beyond their end, this is mixed
//! with an autoregression whose one coefficient is the mean correlation of neighbouring steps.
//!
//! Paths come in pairs with opposite errors, so that their mean is the forecast's, and they are the same for the same
//! version. They are made step by step and never kept: a thousand numbers at a time.

use atalaya_application::ports::forecaster::AccountOutlook;
use serde::{Deserialize, Serialize};

use crate::backtest::Pair;
use crate::doubt::Doubt;
use crate::interval::{Calibration, Outlook};
use crate::numeric::{SplitMix64, count, half_normal_quantile, mean, stored};

/// How many there are.
pub(crate) const PATHS: usize = 1_000;
/// How many windows the autoregression is worth against the account's own.
const WORTH_OF_REGRESSION: f64 = 4.0;
/// The correlation of neighbouring steps where no window tells one, and the largest of all.
const USUAL_CORRELATION: f64 = 0.9;
const LARGEST_CORRELATION: f64 = 0.999;
/// Normal numbers to draw from: quantiles at equal distances of probability.
const DRAWN: usize = 1_024;
/// Knots of the curve from normal numbers to distances from the forecast, and how far they reach.
const KNOTS: usize = 64;
const FARTHEST: f64 = 4.0;

/// The errors of one test window, step by step, each over the scale of its step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Window {
    /// Grid index that it was forecast from.
    pub(crate) origin: u32,
    pub(crate) errors: Vec<f32>,
}

/// The errors of all test windows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Windows(pub(crate) Vec<Window>);

impl Windows {
    /// From residuals in the order of their splits. Where a step was not observed, the error of the step before stands
    /// in.
    pub(crate) fn of(pairs: &[Pair], calibration: &Calibration) -> Self {
        let window = |pairs: &[Pair]| {
            let first = pairs.first()?;
            let mut errors: Vec<f32> = Vec::new();
            let mut last = 0.0;
            for pair in pairs {
                errors.resize(errors.len().max(pair.step.saturating_sub(1)), last);
                let scale = calibration.radius(MEDIAN, pair.step, Doubt::NONE);
                last = narrow(if scale > 0.0 { (pair.truth - pair.forecast) / scale } else { 0.0 });
                errors.push(last);
            }
            Some(Window { origin: stored(first.index - first.step), errors })
        };
        Self(pairs.chunk_by(|a, b| a.split == b.split).filter_map(window).collect())
    }

    /// About how many bytes they take in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(|window| size_of::<Window>() + size_of_val(window.errors.as_slice())).sum()
    }

    fn longest(&self) -> usize {
        self.0.iter().map(|window| window.errors.len()).max().unwrap_or(0)
    }

    /// The errors of all windows at a step, brought to a sum of squares of 1; none where all are zero.
    fn at(&self, step: usize) -> Vec<f64> {
        let error = |window: &Window| {
            let own = window.errors.get(step - 1).or(window.errors.last());
            own.copied().map_or(0.0, f64::from)
        };
        let mut errors: Vec<f64> = self.0.iter().map(error).collect();
        let size = errors.iter().map(|error| error * error).sum::<f64>().sqrt();
        if size <= 0.0 {
            return Vec::new();
        }
        for error in &mut errors {
            *error /= size;
        }
        errors
    }

    /// The mean correlation of neighbouring steps.
    fn correlation(&self) -> f64 {
        let steps: Vec<Vec<f64>> = (1..=self.longest()).map(|step| self.at(step)).collect();
        let products: Vec<f64> = steps
            .windows(2)
            .filter_map(|pair| match pair {
                [one, next] if !one.is_empty() && !next.is_empty() => {
                    Some(one.iter().zip(next).map(|(a, b)| a * b).sum())
                }
                _ => None,
            })
            .collect();
        if products.is_empty() { USUAL_CORRELATION } else { mean(&products).clamp(0.0, LARGEST_CORRELATION) }
    }
}

/// The probability whose half-width is taken for the scale of a step.
const MEDIAN: f64 = 0.5;

#[expect(clippy::cast_possible_truncation, reason = "an error over its scale, of which seven digits are plenty")]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// Numbers that look normal and are the same every time.
pub(crate) struct Normals {
    words: SplitMix64,
    drawn: Vec<f64>,
}

impl Normals {
    pub(crate) fn new(seed: u64) -> Self {
        let half = DRAWN / 2;
        // The quantile of |Z| at p is that of Z at (1 + p) / 2.
        let upper = (0..half).map(|place| half_normal_quantile((count(place) + 0.5) / count(half)));
        let drawn: Vec<f64> = upper.flat_map(|value| [value, -value]).collect();
        Self { words: SplitMix64::new(seed), drawn }
    }

    pub(crate) fn next(&mut self) -> f64 {
        let place = usize::try_from(self.words.word()).map_or(0, |word| word % DRAWN);
        self.drawn.get(place).copied().unwrap_or_default()
    }
}

/// The distance from the forecast for each normal number, at one step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve {
    above: Vec<f64>,
    below: Vec<f64>,
}

impl Curve {
    /// At a step of a forecast. The reach over an unconfirmed jump grows with the level, and is whole from 80 % on.
    pub(crate) fn new(calibration: &Calibration, outlook: Outlook, step: usize) -> Self {
        let knot = |place: usize| {
            let probability = half_normal_probability(FARTHEST * count(place) / count(KNOTS));
            let radius = calibration.radius(probability, step, outlook.doubt);
            (radius, (probability / 0.8).min(1.0))
        };
        let knots: Vec<(f64, f64)> =
            (0..=KNOTS).map(|place| if place == 0 { (0.0, 0.0) } else { knot(place) }).collect();
        Self {
            above: knots.iter().map(|(radius, share)| radius + share * outlook.above).collect(),
            below: knots.iter().map(|(radius, share)| -radius + share * outlook.below).collect(),
        }
    }

    /// As an account tells it.
    pub(crate) fn from_outlook(outlook: &AccountOutlook) -> Self {
        Self { above: outlook.above.clone(), below: outlook.below.clone() }
    }

    /// The distances above and below, from the forecast to four standard deviations.
    pub(crate) fn into_sides(self) -> (Vec<f64>, Vec<f64>) {
        (self.above, self.below)
    }

    /// The distance of a normal number.
    pub(crate) fn distance(&self, normal: f64) -> f64 {
        let side = if normal < 0.0 { &self.below } else { &self.above };
        let place = (normal.abs() / FARTHEST * count(KNOTS)).min(count(KNOTS) - 1e-9);
        let whole = place.floor();
        let at = |offset: usize| side.get(index(whole) + offset).copied().unwrap_or_default();
        at(0) + (place - whole) * (at(1) - at(0))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a knot's number, 0 to 64")]
fn index(whole: f64) -> usize {
    whole as usize
}

/// The probability that |Z| is at most `z`, for a standard normal Z and `z` of 0 or more: Abramowitz & Stegun 26.2.17,
/// absolute error below 1.5e-7.
fn half_normal_probability(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let series =
        t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (1.0 - 2.0 * density * series).clamp(0.0, 0.999_999)
}

/// The errors of all paths as normal numbers, step by step.
pub(crate) struct Walks<'a> {
    windows: &'a Windows,
    longest: usize,
    correlation: f64,
    share: f64,
    normals: Normals,
    /// The windows' shares in each pair of paths.
    shares: Vec<Vec<f64>>,
    /// The autoregression of each pair of paths.
    regression: Vec<f64>,
    step: usize,
    current: Vec<f64>,
}

impl<'a> Walks<'a> {
    pub(crate) fn new(windows: &'a Windows) -> Self {
        let known = count(windows.0.len());
        let mut normals = Normals::new(20_240_601);
        let shares = (0..PATHS / 2).map(|_| windows.0.iter().map(|_| normals.next()).collect()).collect();
        Self {
            windows,
            longest: windows.longest(),
            correlation: windows.correlation(),
            share: known / (known + WORTH_OF_REGRESSION),
            shares,
            regression: (0..PATHS / 2).map(|_| normals.next()).collect(),
            normals,
            step: 0,
            current: vec![0.0; PATHS / 2],
        }
    }

    /// The errors of the first half of the paths at the next step; those of the other half are their opposites.
    pub(crate) fn next(&mut self) -> &[f64] {
        self.step += 1;
        let errors = if self.step <= self.longest { self.windows.at(self.step) } else { Vec::new() };
        // Beyond the windows, errors hang together the more the farther they are, as those of a random walk do.
        let beyond = count(self.longest.max(1)) / count(self.step.max(self.longest).max(1));
        let correlation = 1.0 - (1.0 - self.correlation) * beyond;
        let rest = (1.0 - correlation * correlation).max(0.0).sqrt();
        let follows = self.step > self.longest;
        for ((regression, shares), current) in self.regression.iter_mut().zip(&self.shares).zip(&mut self.current) {
            if follows {
                *current = correlation * *current + rest * self.normals.next();
                continue;
            }
            *regression = correlation * *regression + rest * self.normals.next();
            *current = if errors.is_empty() {
                *regression
            } else {
                let own: f64 = shares.iter().zip(&errors).map(|(share, error)| share * error).sum();
                self.share.sqrt() * own + (1.0 - self.share).sqrt() * *regression
            };
        }
        let variance = self.current.iter().map(|value| value * value).sum::<f64>() / count(PATHS / 2);
        let unit = if variance > 0.0 { 1.0 / variance.sqrt() } else { 1.0 };
        for value in &mut self.current {
            *value *= unit;
        }
        &self.current
    }
}
