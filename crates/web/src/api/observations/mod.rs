//! Observations: JSON and CSV, up and down.

pub mod csv;
pub(crate) mod routes;
mod times;
mod trial;
mod whole;

pub use crate::api::parse::moment;
