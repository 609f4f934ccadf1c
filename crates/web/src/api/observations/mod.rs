//! Observations: JSON, CSV and workbooks up, JSON and CSV down.

pub mod csv;
pub(crate) mod daily;
pub mod file;
pub(crate) mod routes;
mod times;
mod trial;
mod whole;

pub use crate::api::parse::moment;
