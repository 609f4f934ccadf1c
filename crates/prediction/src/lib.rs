//! Forecasts of follower counts: features, models, rolling-origin backtests, prediction intervals, artifacts.
//!
//! [`SmartForecaster`] implements the `Forecaster` port of the application crate, and is all that other crates need. The
//! way of a history through this crate:
//!
//! observations → `series` (a regular grid, gaps kept) → `features` → `models` → `backtest` (rolling origins) →
//! `score` and `combination` → `interval` (conformal) → `artifact` (versioned bytes).
//!
//! Nothing here knows tenants, users, HTTP or SQL, reads a clock (beyond measuring how long a fit takes) or draws
//! random numbers: the same history and plan give the same forecasts.

mod artifact;
mod backtest;
mod calendar;
mod combination;
mod explanation;
mod features;
mod fitted;
mod forecaster;
mod holidays;
mod importance;
mod insample;
mod interval;
mod irregularities;
mod models;
mod numeric;
mod record;
mod run;
mod score;
mod sequence;
mod series;
mod step;
mod stretch;
#[cfg(test)]
mod testing;
mod trained;

pub use artifact::deterministic_checksum;
pub use forecaster::SmartForecaster;
pub use sequence::{Sequence, SequenceError, SequenceForecast, SequencePoint};
pub use step::{Step, UnknownStep};
