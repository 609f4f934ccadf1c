//! Exponential smoothing without season, with additive errors: ETS(A,N,N), ETS(A,A,N) and ETS(A,Ad,N) of Hyndman,
//! Koehler, Ord & Snyder (2008).
//!
//! Written here because a model must be carried: fitted at one origin, stored, and applied to the longer history of a
//! later one. The crate that was weighed, augurs-ets, neither shows nor serialises what it has fitted. The residuals
//! are linear in the level and slope that a history starts from, so those are solved for exactly at each step of the
//! search, which leaves it one to three parameters, and again whenever a forecast is made.

use serde::{Deserialize, Serialize};

use super::ModelError;
use super::optimise::{Bounds, golden_section, nelder_mead};
use super::unit_scale::UnitScale;
use crate::numeric::{count, tail};

/// The latest values that estimation and recursion see: enough for three parameters, and few enough to stay quick.
const MEMORY: usize = 500;
/// Bounds of the smoothing parameters, and of the damping, which are those of the `forecast` package (Hyndman &
/// Khandakar 2008).
const SHARE: Bounds = (1e-4, 0.9999);
const DAMPING: Bounds = (0.8, 0.98);
/// Evaluations of the search by its number of parameters.
const EVALUATIONS: (usize, usize) = (90, 150);
/// The influence of the start is dropped once it is below this.
const FORGOTTEN: f64 = 1e-24;
/// Mean squared errors below this, on values scaled to 1, are rounding.
const ROUNDING: f64 = 1e-24;

/// What trend the forecasts follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmoothingForm {
    /// None: the level is repeated.
    Simple,
    /// A line (Holt 1957).
    Holt,
    /// A line that flattens (Gardner & `McKenzie` 1985).
    DampedHolt,
    /// The one of the three with the least corrected information criterion (Hurvich & Tsai 1989).
    Automatic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Trend {
    None,
    Additive,
    Damped,
}

impl Trend {
    const ALL: [Self; 3] = [Self::None, Self::Additive, Self::Damped];

    /// Estimated numbers: smoothing parameters, starting values and the variance of the errors.
    fn parameters(self) -> usize {
        match self {
            Self::None => 3,
            Self::Additive => 5,
            Self::Damped => 6,
        }
    }

    /// Values below which the information criterion is undefined.
    fn needed(self) -> usize {
        self.parameters() + 2
    }
}

/// A fitted exponential smoothing: its parameters, which hold for any history of the same account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Smoothing {
    trend: Trend,
    /// Share of an error by which the level is corrected.
    alpha: f64,
    /// Share of an error by which the slope is corrected; 0 without a trend.
    beta: f64,
    /// Share of the slope that is left after a step; 0 without a trend.
    phi: f64,
}

impl Smoothing {
    /// Estimates the parameters by least squares on the latest 500 values.
    ///
    /// # Errors
    /// [`ModelError`] under 5 (no trend, automatic), 7 (Holt) or 8 (damped) values, or where one is not finite.
    pub(crate) fn fit(values: &[f64], form: SmoothingForm) -> Result<Self, ModelError> {
        let values = tail(values, MEMORY);
        let estimate = |trend: Trend| -> Result<Estimate, ModelError> {
            let scaled = UnitScale::of(values, trend.needed())?.scaled(values);
            Ok(Estimate::of(trend, &scaled))
        };
        match form {
            SmoothingForm::Simple => estimate(Trend::None),
            SmoothingForm::Holt => estimate(Trend::Additive),
            SmoothingForm::DampedHolt => estimate(Trend::Damped),
            SmoothingForm::Automatic => {
                let simple = estimate(Trend::None)?;
                let others = Trend::ALL.into_iter().skip(1).filter_map(|trend| estimate(trend).ok());
                Ok(others.fold(simple, |best, next| {
                    if next.criterion(values.len()) < best.criterion(values.len()) { next } else { best }
                }))
            }
        }
        .map(|estimate| estimate.model)
    }

    /// The `steps` values after the last of `values`, of which the latest 500 are smoothed.
    ///
    /// # Errors
    /// [`ModelError`] under 2 values, or where a value or a forecast is not finite.
    pub(crate) fn forecast(&self, values: &[f64], steps: usize) -> Result<Vec<f64>, ModelError> {
        let values = tail(values, MEMORY);
        let scale = UnitScale::of(values, 2)?;
        let scaled = scale.scaled(values);
        let mut track = self.fitness(&scaled).start;
        for value in &scaled {
            track = self.corrected(track, *value).1;
        }
        let Track { mut level, mut slope } = track;
        let path = (0..steps).map(|_| {
            slope *= self.phi;
            level += slope;
            level
        });
        scale.restored(path.collect())
    }

    /// Its parameters by name, as a report shows them.
    pub(crate) fn hyperparameters(&self) -> Vec<(String, String)> {
        let mut all = vec![("alpha".into(), format!("{:.4}", self.alpha))];
        if self.trend != Trend::None {
            all.push(("beta".into(), format!("{:.4}", self.beta)));
        }
        if self.trend == Trend::Damped {
            all.push(("phi".into(), format!("{:.4}", self.phi)));
        }
        all.push(("max_training_points".into(), MEMORY.to_string()));
        all
    }

    /// The error at a value, and the level and slope after it.
    fn corrected(&self, track: Track, value: f64) -> (f64, Track) {
        let slope = self.phi * track.slope;
        let expected = track.level + slope;
        let error = value - expected;
        (error, Track { level: expected + self.alpha * error, slope: slope + self.beta * error })
    }

    /// The best start for these parameters, and the squared errors from it.
    fn fitness(&self, values: &[f64]) -> Fitness {
        // The errors are those from a start of zero, less the start times the errors that a start of one makes alone.
        let mut zero = Track { level: 0.0, slope: 0.0 };
        let mut by_level = Track { level: 1.0, slope: 0.0 };
        let mut by_slope = Track { level: 0.0, slope: 1.0 };
        let mut sums = NormalEquations::default();
        for value in values {
            let (error, next) = self.corrected(zero, *value);
            zero = next;
            sums.squares += error * error;
            if by_level.size() + by_slope.size() > FORGOTTEN {
                let (level_error, next_level) = self.corrected(by_level, 0.0);
                let (slope_error, next_slope) = self.corrected(by_slope, 0.0);
                (by_level, by_slope) = (next_level, next_slope);
                sums.add(error, -level_error, -slope_error);
            }
        }
        sums.solve()
    }
}

/// Level and slope at one time.
#[derive(Debug, Clone, Copy)]
struct Track {
    level: f64,
    slope: f64,
}

impl Track {
    fn size(self) -> f64 {
        self.level.abs() + self.slope.abs()
    }
}

/// The start of a history with the least squared errors.
#[derive(Debug, Clone, Copy)]
struct Fitness {
    start: Track,
    squares: f64,
}

/// Sums of products for least squares on a level and a slope.
#[derive(Debug, Default)]
struct NormalEquations {
    squares: f64,
    level: f64,
    slope: f64,
    level_level: f64,
    level_slope: f64,
    slope_slope: f64,
}

impl NormalEquations {
    fn add(&mut self, error: f64, by_level: f64, by_slope: f64) {
        self.level += error * by_level;
        self.slope += error * by_slope;
        self.level_level += by_level * by_level;
        self.level_slope += by_level * by_slope;
        self.slope_slope += by_slope * by_slope;
    }

    fn solve(&self) -> Fitness {
        let determinant = self.level_level * self.slope_slope - self.level_slope * self.level_slope;
        let start = if determinant > 1e-14 * self.level_level * self.slope_slope {
            Track {
                level: (self.level * self.slope_slope - self.slope * self.level_slope) / determinant,
                slope: (self.slope * self.level_level - self.level * self.level_slope) / determinant,
            }
        } else {
            // Without a trend there is no slope to start from.
            Track { level: self.level / self.level_level, slope: 0.0 }
        };
        let explained = start.level * self.level + start.slope * self.slope;
        Fitness { start, squares: (self.squares - explained).max(0.0) }
    }
}

/// A model and its mean squared error on scaled values.
#[derive(Debug)]
struct Estimate {
    model: Smoothing,
    mean_square: f64,
}

impl Estimate {
    fn of(trend: Trend, values: &[f64]) -> Self {
        let squares = |model: Smoothing| model.fitness(values).squares;
        let model = match trend {
            Trend::None => simple(golden_section(SHARE, 12, 20, |alpha| squares(simple(alpha)))),
            Trend::Additive => {
                let grid = grid([0.1, 0.4, 0.7, 0.95], [0.01, 0.1, 0.5]).map(|(alpha, share)| [alpha, share]);
                let objective = |[alpha, share]: &[f64; 2]| squares(holt(*alpha, *share));
                let [alpha, share] = searched(grid, &[SHARE, SHARE], EVALUATIONS.0, objective);
                holt(alpha, share)
            }
            Trend::Damped => {
                let grid = grid([0.1, 0.5, 0.95], [0.01, 0.1, 0.5])
                    .flat_map(|(alpha, share)| [0.85, 0.97].map(|phi| [alpha, share, phi]));
                let objective = |[alpha, share, phi]: &[f64; 3]| squares(damped(*alpha, *share, *phi));
                let [alpha, share, phi] = searched(grid, &[SHARE, SHARE, DAMPING], EVALUATIONS.1, objective);
                damped(alpha, share, phi)
            }
        };
        let mean_square = squares(model.clone()) / count(values.len());
        Self { model, mean_square }
    }

    /// Akaike's information criterion, corrected for short histories; less is better.
    fn criterion(&self, values: usize) -> f64 {
        let parameters = self.model.trend.parameters();
        let left = values.saturating_sub(parameters + 1);
        let (parameters, values) = (count(parameters), count(values));
        if left == 0 {
            return f64::INFINITY;
        }
        let misfit = values * self.mean_square.max(ROUNDING).ln();
        misfit + 2.0 * parameters + 2.0 * parameters * (parameters + 1.0) / count(left)
    }
}

fn simple(alpha: f64) -> Smoothing {
    Smoothing { trend: Trend::None, alpha, beta: 0.0, phi: 0.0 }
}

/// `share`: the slope's smoothing as a share of the level's, which keeps it below.
fn holt(alpha: f64, share: f64) -> Smoothing {
    Smoothing { trend: Trend::Additive, alpha, beta: alpha * share, phi: 1.0 }
}

fn damped(alpha: f64, share: f64, phi: f64) -> Smoothing {
    Smoothing { trend: Trend::Damped, alpha, beta: alpha * share, phi }
}

/// Every pair of the two lists.
fn grid<const A: usize, const B: usize>(first: [f64; A], second: [f64; B]) -> impl Iterator<Item = (f64, f64)> {
    first.into_iter().flat_map(move |one| second.map(|other| (one, other)))
}

/// The best place from the best of some starts.
fn searched<const N: usize>(
    starts: impl Iterator<Item = [f64; N]>,
    bounds: &[Bounds; N],
    evaluations: usize,
    objective: impl Fn(&[f64; N]) -> f64,
) -> [f64; N] {
    let middle = bounds.map(|(low, high)| f64::midpoint(low, high));
    let valued = starts.map(|place| (place, objective(&place)));
    let start = valued.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(middle, |(place, _)| place);
    nelder_mead(start, bounds, evaluations, objective).0
}

#[cfg(test)]
mod tests;
