//! The baselines that every other model has to beat: last value, drift over all or over the recent past, seasonal naive.
//!
//! They are fitted by looking: all they need is the state at the origin.

use super::ModelError;
use super::state::State;
use crate::numeric::{count, mean, tail};

/// The share of the newest change in the recent drift: what is three weeks old weighs a tenth of what is new.
const RECENCY: f64 = 0.1;

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

/// Simple exponential smoothing of the remembered changes, starting from their mean.
fn recent_change(state: &State) -> f64 {
    let changes = tail(&state.changes, State::RECENT);
    changes.iter().fold(mean(changes), |drift, change| drift + RECENCY * (change - drift))
}
