//! The models that a training run compares.
//!
//! A model here is fitted up to an origin and forecasts followers from an origin; how well it does so is the business
//! of `backtest`, and which ones serve that of `combination`.

mod baseline;
mod distance;
mod envelope;
mod fitted;
mod level;
mod optimise;
#[cfg(test)]
mod reference;
mod regressor;
mod scaler;
mod seasonal;
mod settings;
mod smoothing;
mod state;
#[cfg(test)]
mod tests;
mod theta;
mod unit_scale;

pub(crate) use baseline::Baseline;
pub(crate) use fitted::{FittedModel, Material, Past};
pub(crate) use regressor::FittedRegressor;
pub(crate) use settings::Settings;
pub(crate) use state::{Bounds, SEASON_MARGIN, State};

/// Why a model could not be fitted or gave no forecast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ModelError {
    #[error("{rows} training rows, {needed} are needed")]
    TooFewRows { rows: usize, needed: usize },
    #[error("{points} points of history, {needed} are needed")]
    TooFewPoints { points: usize, needed: usize },
    #[error("less than one season of history")]
    LessThanOneSeason,
    #[error("less than two seasons of history")]
    LessThanTwoSeasons,
    #[error("every change of the history is the same: there is nothing to explain")]
    NothingToExplain,
    #[error("there is no origin to forecast from")]
    NoOrigin,
    #[error("the fit failed: {0}")]
    Fit(String),
    #[error("the model gave a value that is not a number")]
    NotFinite,
}
