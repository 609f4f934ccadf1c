//! The baselines that every other model has to beat: last value, drift over all or over the recent past, seasonal
//! naive.
//!
//! They are fitted by looking: all they need is the state at the origin.

use super::ModelError;
use super::state::State;
use crate::numeric::{count, mean, tail};

/// The share of the newest change in the recent drift: what is three weeks old weighs a tenth of what is new.
const RECENCY: f64 = 0.1;
/// Steps of a history up to which its drift is shrunk. Later the backtest says what a drift is worth.
const YOUNG: usize = 40;
/// Changes without which the error of their mean is not known well enough to shrink by it.
const TESTED: usize = 11;

/// One of the baselines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Baseline {
    /// Repeats the last value.
    Naive,
    /// Adds the mean change of the whole history at each step.
    Drift,
    /// Adds the exponentially weighted mean of the latest changes at each step.
    RecentDrift,
    /// Repeats the changes of the last season.
    SeasonalNaive,
}

impl Baseline {
    /// Its settings at the end of a history.
    pub(crate) fn hyperparameters(self, state: &State) -> Vec<(String, String)> {
        match self {
            Self::Naive => Vec::new(),
            Self::Drift => vec![("change_per_step".into(), format!("{:.3}", state.mean_change))],
            Self::RecentDrift => vec![("change_per_step".into(), format!("{:.3}", recent_change(state)))],
            Self::SeasonalNaive => vec![("season_steps".into(), state.timeline.season().to_string())],
        }
    }

    /// The value at each of the `steps` steps after `state`.
    ///
    /// # Errors
    /// [`ModelError::LessThanOneSeason`] from the seasonal baseline.
    pub(crate) fn forecast(self, state: &State, steps: usize) -> Result<Vec<f64>, ModelError> {
        let line = |slope: f64| {
            (1..=steps).map(|step| state.bounds.hold(state.level + slope * count(step))).collect::<Vec<_>>()
        };
        match self {
            Self::Naive => Ok(line(0.0)),
            Self::Drift => Ok(line(state.mean_change)),
            Self::RecentDrift => Ok(line(recent_change(state))),
            Self::SeasonalNaive => {
                let season = state.timeline.season();
                let last = tail(&state.changes, season);
                if last.len() < season {
                    return Err(ModelError::LessThanOneSeason);
                }
                let mut level = state.level;
                Ok(last
                    .iter()
                    .cycle()
                    .take(steps)
                    .map(|change| {
                        level = state.bounds.hold(level + change);
                        level
                    })
                    .collect())
            }
        }
    }
}

/// Simple exponential smoothing of the remembered changes, starting from their mean; of sparse readings, of the paces
/// between them, each as often as it has steps. In a young history times
/// max(0, 1 − 1 / t²), the positive-part shrinkage towards no drift (James & Stein 1961), where t is the drift over the
/// standard error of a mean of such changes.
fn recent_change(state: &State) -> f64 {
    let paces: Vec<f64> = state.paces.iter().map(|(pace, _)| *pace).collect();
    let changes = if paces.is_empty() { tail(&state.changes, State::RECENT) } else { &paces };
    let drift = if paces.is_empty() {
        changes.iter().fold(mean(changes), |drift, change| drift + RECENCY * (change - drift))
    } else {
        smoothed_pace(&state.paces)
    };
    if state.origin >= YOUNG || changes.len() < TESTED || drift == 0.0 {
        return drift;
    }
    drift * (1.0 - squared_error_of_mean(changes) / (drift * drift)).max(0.0)
}

/// The mean of paces that smoothing of the changes from reading to reading gives, over that of their steps.
fn smoothed_pace(paces: &[(f64, usize)]) -> f64 {
    let smoothed = |value: &dyn Fn(&(f64, usize)) -> f64| {
        let values: Vec<f64> = paces.iter().map(value).collect();
        values.iter().fold(mean(&values), |smoothed, value| smoothed + RECENCY * (value - smoothed))
    };
    smoothed(&|(pace, steps)| pace * count(*steps)) / smoothed(&|(_, steps)| count(*steps))
}

/// The squared standard error of the mean of changes, robust against their correlation over a few steps (Newey & West
/// 1987); 0 for fewer than two.
fn squared_error_of_mean(changes: &[f64]) -> f64 {
    if changes.len() < 2 {
        return 0.0;
    }
    let (n, centre) = (count(changes.len()), mean(changes));
    let covariance = |lag: usize| -> f64 {
        let later = changes.get(lag..).unwrap_or_default();
        changes.iter().zip(later).map(|(one, other)| (one - centre) * (other - centre)).sum::<f64>() / n
    };
    let lags = (0..changes.len()).take_while(|lag| count(*lag).powi(3) <= n).last().unwrap_or_default();
    let weighted = |lag: usize| 2.0 * (1.0 - count(lag) / count(lags + 1)) * covariance(lag);
    let long_run = covariance(0) + (1..=lags).map(weighted).sum::<f64>();
    long_run.max(0.0) / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::daily;

    fn gained(baseline: Baseline, values: &[f64]) -> f64 {
        let series = daily(&values.iter().map(|value| Some(*value)).collect::<Vec<_>>());
        let state = State::at(&series, series.last());
        baseline.forecast(&state, 1).unwrap()[0] - state.level
    }

    #[test]
    fn a_sure_drift_is_kept_and_an_unsure_one_is_not() {
        let steady: Vec<f64> = (0..20).map(|day| 1_000.0 + 50.0 * f64::from(day) + f64::from(day % 2)).collect();
        assert!((gained(Baseline::RecentDrift, &steady) - 50.0).abs() < 0.5);
        let even: Vec<f64> = (0..20).map(|day| 1_000.0 + 5.0 * f64::from(day)).collect();
        assert!((gained(Baseline::RecentDrift, &even) - 5.0).abs() < 1e-9);
        let wandering: Vec<f64> = [3, 40, 11, 38, 2, 25, 47, 9, 30, 5, 44, 12, 20].map(f64::from).to_vec();
        assert!(gained(Baseline::RecentDrift, &wandering).abs() < f64::EPSILON);
    }
}
