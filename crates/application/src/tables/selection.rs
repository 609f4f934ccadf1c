//! What is asked for of the records of a table.

use atalaya_domain::company::Company;
use atalaya_domain::id::FieldId;
use atalaya_domain::tables::{FieldNumber, RecordQuery, Table, View};

use crate::error::AppError;
use crate::ports::tables::{RecordMark, RecordSlice};

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordPart {
    /// By how many records come before.
    Slice(RecordSlice),
    /// At most so many records behind a mark.
    Behind(RecordMark, u32),
}

/// Which records, in which order, and what of them is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// Which.
    pub query: RecordQuery,
    /// The fields that are shown, in their order; all where nothing is said.
    pub fields: Option<Vec<FieldNumber>>,
    /// Fields that the view names and that are not there any more.
    pub missing: Vec<FieldId>,
}

impl From<RecordQuery> for Selection {
    /// With every field.
    fn from(query: RecordQuery) -> Self {
        Self { query, fields: None, missing: Vec::new() }
    }
}

impl Selection {
    /// The table as it is shown.
    pub(super) fn shown(table: Table, fields: Option<&[FieldNumber]>) -> Table {
        match fields {
            Some(fields) => table.showing(fields),
            None => table,
        }
    }
}

/// Which records are meant, told once the table, its company and the view that is used are known: names of fields are
/// those of the moment in which the records are read.
pub type Asked<'a> = &'a dyn Fn(&Table, &Company, Option<&View>) -> Result<Selection, AppError>;
