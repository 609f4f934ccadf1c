//! The models that a training run compares.
//!
//! A model here is fitted up to an origin and forecasts followers from an origin; how well it does so is the business of
//! `backtest`, and which one serves that of `selection`.

mod baseline;
mod envelope;
mod optimise;
#[cfg(test)]
mod reference;
mod regressor;
mod scaler;
#[cfg_attr(not(test), expect(dead_code, reason = "the comparison does not use it yet"))]
mod seasonal;
mod settings;
#[cfg_attr(not(test), expect(dead_code, reason = "the comparison does not use it yet"))]
mod smoothing;
mod state;
#[cfg_attr(not(test), expect(dead_code, reason = "the comparison does not use it yet"))]
mod theta;
mod unit_scale;

pub(crate) use baseline::Baseline;
pub(crate) use regressor::FittedRegressor;
pub(crate) use settings::Settings;
pub(crate) use state::{State, possible};

/// Fitted, a model forecasts.
pub(crate) trait Model {
    /// Followers at each of the `steps` steps after `state`, each from 0 to `Followers::MAX`.
    ///
    /// # Errors
    /// [`ModelError`] where the model has no finite answer.
    fn forecast(&self, state: &State, steps: usize) -> Result<Vec<f64>, ModelError>;
}

/// Why a model could not be fitted or gave no forecast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ModelError {
    #[error("{rows} training rows, {needed} are needed")]
    TooFewRows { rows: usize, needed: usize },
    #[error("less than one season of history")]
    LessThanOneSeason,
    #[error("less than two seasons of history")]
    LessThanTwoSeasons,
    #[error("every change of the history is the same: there is nothing to explain")]
    NothingToExplain,
    #[error("the fit failed: {0}")]
    Fit(String),
    #[error("the model gave a value that is not a number")]
    NotFinite,
}
