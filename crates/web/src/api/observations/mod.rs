//! Observations: JSON, CSV and workbooks up, JSON and CSV down.

mod body;
pub mod csv;
pub(crate) mod daily;
pub mod file;
pub(crate) mod routes;
mod row_problem;
pub(crate) mod times;
mod trial;
pub(crate) mod upload;
mod whole;

pub(crate) use self::body::WorkbookFile;
pub use crate::api::parse::moment;
