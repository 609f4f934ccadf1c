//! Tables that a company defines for itself: definitions (`entities`, `fields`) and records (`records`, `writing`).
//!
//! A record is one row with its values as JSON (`content`). What filters and sorting need stands beside it as a row a
//! value (`index`), under keys whose bytes compare as the values do (`sort_key`). A query is put in terms of these keys
//! (`wanted`, `order`) and looked for (`search`) by statements (`walks`) with conditions (`conditions`).
//!
//! Invariants: an index row is there for each value of a live field of a record that is not in the trash, and for no
//! other; names and values of users are bind parameters and never SQL. Records are read through the table that somebody
//! opened: those that are not there for them are in no answer ([`Reach`](atalaya_domain::tables::Reach)).

mod bulk;
mod conditions;
mod content;
mod converted;
mod counted;
mod entities;
mod fields;
mod index;
mod order;
mod purging;
mod records;
mod retyping;
mod revisions;
mod rewriting;
mod rows;
mod rules;
mod search;
mod settings;
mod sort_key;
mod taken;
mod through;
mod together;
mod unique_key;
mod views;
mod walks;
mod wanted;
mod writing;

use atalaya_application::AppError;
use uuid::Uuid;

use super::rows::read;

/// A record's identifier, as columns hold it.
type Id = Vec<u8>;

/// An identifier, as columns hold it.
fn bytes(id: Uuid) -> Vec<u8> {
    id.as_bytes().to_vec()
}

/// A stored identifier.
fn identifier(column: &'static str, bytes: &[u8]) -> Result<Uuid, AppError> {
    read(column, Uuid::from_slice(bytes))
}
