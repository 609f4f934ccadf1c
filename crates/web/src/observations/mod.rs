//! Observations: JSON and CSV, up and down.

pub mod csv;
pub(crate) mod routes;

pub use crate::parse::moment;
