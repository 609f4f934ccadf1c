//! The tables that companies define for themselves. Paths, members and statuses of entity types, fields and records are
//! those that existing clients know.

pub(crate) mod address;
pub(crate) mod aggregate;
pub(crate) mod asked;
pub(crate) mod bulk;
pub(crate) mod changes;
pub(crate) mod entities;
mod expansion;
pub(crate) mod export;
mod field_requests;
pub(crate) mod fields;
pub(crate) mod file_words;
mod filter;
pub(crate) mod form;
pub(crate) mod import;
pub(crate) mod input;
pub(crate) mod list;
pub(crate) mod own_document;
mod page;
pub(crate) mod paging;
pub(crate) mod query;
mod reader;
mod record_cursor;
mod record_view;
pub(crate) mod record_words;
pub(crate) mod records;
pub(crate) mod retype;
pub(crate) mod revisions;
pub(crate) mod saved_views;
mod seen;
mod selection;
pub(crate) mod trash;
pub(crate) mod values;
pub(crate) mod view_query;
mod views;

use atalaya_application::error::{Field, Violation};
use uuid::Uuid;

use crate::http::problem::Problem;

/// An id that a request names. One that is none is a mistake of the request; one that is nobody's is 404.
///
/// # Errors
/// That it is none.
pub(crate) fn named_id<T>(field: impl Into<Field>, text: &str, id: impl FnOnce(Uuid) -> T) -> Result<T, Violation> {
    Uuid::parse_str(text).map(id).map_err(|_| Violation::new(field, "malformed"))
}

/// [`named_id`], where it is all that can be wrong.
///
/// # Errors
/// 422 where it is none.
pub(crate) fn only_id<T>(field: impl Into<Field>, text: &str, id: impl FnOnce(Uuid) -> T) -> Result<T, Problem> {
    named_id(field, text, id).map_err(|violation| vec![violation].into())
}
