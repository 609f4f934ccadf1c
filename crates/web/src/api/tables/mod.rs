//! The tables that companies define for themselves. Paths, members and statuses of entity types, fields and records are
//! those that existing clients know.

pub(crate) mod aggregate;
pub(crate) mod bulk;
pub(crate) mod entities;
pub(crate) mod export;
mod field_requests;
pub(crate) mod fields;
pub(crate) mod file_words;
pub(crate) mod form;
pub(crate) mod import;
pub(crate) mod input;
pub(crate) mod query;
pub(crate) mod record_words;
pub(crate) mod records;
pub(crate) mod revisions;
pub(crate) mod trash;
pub(crate) mod views;

use atalaya_application::error::Violation;
use uuid::Uuid;

use crate::http::problem::Problem;

/// An id of a path. One that is none is a mistake of the request; one that is nobody's is 404.
pub(crate) fn path_id<T>(name: &'static str, text: &str, id: impl FnOnce(Uuid) -> T) -> Result<T, Problem> {
    Uuid::parse_str(text).map(id).map_err(|_| vec![Violation::new(name, "malformed")].into())
}
