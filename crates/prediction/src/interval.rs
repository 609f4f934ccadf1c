//! Prediction intervals from backtest residuals: split-conformal (Vovk et al. 2005), each step with a scale of its own.
//!
//! Each residual e at step h gives the score |e| / (s(h) r^0.65), where s(h) is the scale of the step (see
//! [`Stepwise`]) and r how restless the account was at the origin (see [`Doubt`]). The half-width at level p and step h
//! is the p-quantile of the scores, times s(h), times how restless the account is now. The scores of recent windows
//! weigh more, as the errors of a restless account are not those of last year (Barber et al. 2023); beyond the largest
//! score the quantile goes on as a normal tail would.
//!
//! Residuals of one origin move together, so what counts as evidence is the number of independent test windows k, not
//! of residuals. Half-widths are therefore widened by 1 + z⁴ / 12ν, at 95 % nearly the ratio of Student's t to the
//! normal quantile, 1 + (z² + 1) / 4ν. The degrees of freedom ν are k − 1 where the windows lie side by
//! side, and 2 (k − 1) where k would and there are twice as many that overlap by half.
//!
//! No half-width depends on how far ahead a caller asks: what is said of tomorrow is the same in a forecast of one day
//! and of sixty.
//!
//! A history too short for windows gets the intervals of a random walk with drift (Hyndman & Athanasopoulos 2021, 5.5),
//! widened for a drift that moves.

mod judged;
mod scores;
mod stepwise;

use atalaya_domain::forecast::{Interval, Level};
use serde::{Deserialize, Serialize};

pub(crate) use judged::{Held, Judged};
pub(crate) use scores::Conformal;
pub(crate) use stepwise::Stepwise;

use crate::backtest::{Design, Pair};
use crate::doubt::Doubt;
use crate::models::Bounds;
use crate::numeric::{count, deviation, half_normal_quantile, stored};
use crate::series::Series;

/// How many times the error of an estimated drift counts: the drift of a young account is not the same next week. With
/// 1, the textbook's, intervals from 16 days of real channels held 69 and 86 % instead of 80 and 95 %; with 4, 82 and
/// 94 %.
const DRIFTING: f64 = 4.0;

/// What an interval has to heed besides errors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outlook {
    pub(crate) bounds: Bounds,
    /// How far below the forecast intervals reach because of a jump at the end of the history that nothing has
    /// confirmed; 0 or less.
    pub(crate) below: f64,
    /// How far above; 0 or more.
    pub(crate) above: f64,
    /// What is in doubt at the end of the history besides that.
    pub(crate) doubt: Doubt,
}

impl Outlook {
    /// Of a series whose next value is expected to be `next`.
    pub(crate) fn new(series: &Series, next: f64) -> Self {
        let jump = series.jump();
        // The last reading is the likelier one: it stays within reach while the one before is let go.
        let reach = |further: fn(f64, f64) -> f64| {
            jump.map_or(0.0, |jump| further(jump.doubt() * (jump.before - next), jump.after - next))
        };
        Self {
            bounds: series.bounds(),
            below: reach(f64::min).min(0.0),
            above: reach(f64::max).max(0.0),
            doubt: Doubt::at(series, series.last()),
        }
    }

    /// Of a date in the history: what is in doubt now says nothing of then.
    pub(crate) fn of_the_past(self) -> Self {
        Self { bounds: self.bounds, below: 0.0, above: 0.0, doubt: self.doubt.of_the_past() }
    }
}

/// What intervals are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Calibration {
    /// Scores of backtest residuals with one exponent for all accounts: read from versions of format 2, never made
    /// anew.
    Conformal(Conformal),
    /// A random walk with drift.
    Walk(Walk),
    /// Scores of backtest residuals, each step with its scale.
    Stepwise(Stepwise),
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
    /// From residuals of a design, in the order of their splits.
    pub(crate) fn stepwise(pairs: &[Pair], design: &Design) -> Self {
        Self::Stepwise(Stepwise::new(pairs, &design.unrest, design.evidence))
    }

    /// From the changes of a history that is too short for test windows.
    pub(crate) fn walk(changes: &[f64]) -> Self {
        Self::Walk(Walk { deviation: deviation(changes), changes: stored(changes.len()) })
    }

    /// Half the width of the interval at a probability, `step` steps ahead (0 counts as 1). Grows with both, and with
    /// what is in doubt.
    pub(crate) fn radius(&self, probability: f64, step: usize, doubt: Doubt) -> f64 {
        let ahead = doubt.ahead(step);
        let by_errors = match self {
            Self::Conformal(conformal) => conformal.radius(probability, ahead),
            Self::Walk(walk) => walk.radius(probability, ahead),
            Self::Stepwise(stepwise) => stepwise.radius(probability, ahead, doubt.restless),
        };
        by_errors.max(doubt.least_at(probability))
    }

    /// The interval around a forecast, within what is possible.
    pub(crate) fn interval(&self, level: Level, mean: f64, step: usize, outlook: Outlook) -> Interval {
        let radius = self.radius(level.probability(), step, outlook.doubt);
        let bounds = outlook.bounds;
        Interval {
            level,
            lower: bounds.hold(mean - radius + outlook.below),
            upper: bounds.hold(mean + radius + outlook.above),
        }
    }

    /// Whether every residual was zero, so that intervals are as narrow as readings are exact.
    pub(crate) fn is_degenerate(&self) -> bool {
        match self {
            Self::Conformal(conformal) => conformal.is_degenerate(),
            Self::Walk(walk) => walk.deviation <= 0.0,
            Self::Stepwise(stepwise) => stepwise.is_degenerate(),
        }
    }
}

/// By how much few windows widen a half-width whose normal quantile is z: about as Student's t does at 95 %, less in
/// the middle of the distribution, which residuals tell sooner than its tails, and more beyond.
fn widening(z: f64, freedom: f64) -> f64 {
    1.0 + z.powi(4) / (12.0 * freedom.max(1.0))
}

impl Walk {
    fn radius(&self, probability: f64, step: usize) -> f64 {
        let (step, changes) = (count(step.max(1)), f64::from(self.changes).max(1.0));
        let z = half_normal_quantile(probability);
        self.deviation * (step * (1.0 + DRIFTING * step / changes)).sqrt() * z * widening(z, changes - 1.0)
    }
}

#[cfg(test)]
mod tests;
