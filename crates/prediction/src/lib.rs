//! Forecasts of follower counts: features, models, rolling-origin backtests, prediction intervals, artifacts.
//!
//! [`SmartForecaster`] implements the `Forecaster` port of the application crate, and is all that other crates need.
//! The way of a history through this crate:
//!
//! observations → `series` (a regular grid, gaps kept) → `features` → `models` → `backtest` (rolling origins) →
//! `score` and `combination` → `interval` (conformal) → `artifact` (versioned bytes). `paths` and `joint` answer from a
//! version for sums, goals and totals.
//!
//! Nothing here knows tenants, users, HTTP or SQL, reads a clock (beyond measuring how long a fit takes) or draws
//! random numbers: the same history and plan give the same forecasts.

mod artifact;
mod backtest;
mod bridge;
mod calendar;
mod combination;
mod covariates;
mod doubt;
mod explanation;
mod features;
mod fitted;
mod forecaster;
mod holidays;
mod importance;
mod insample;
mod interval;
mod irregularities;
mod joint;
mod jump;
mod models;
mod numeric;
mod paths;
mod record;
mod response;
mod restlessness;
mod run;
mod score;
mod sections;
mod sequence;
mod series;
mod step;
#[cfg(test)]
mod testing;
mod trained;
mod unfinished;
mod unrest;

pub use artifact::deterministic_checksum;
pub use forecaster::SmartForecaster;
pub use holidays::{PeruvianHolidays, holidays};
pub use sequence::{Sequence, SequenceError, SequenceForecast, SequencePoint};
pub use step::{Step, UnknownStep};
