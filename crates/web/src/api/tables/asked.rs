//! What a body asks for of a table: which records, in which order, and what of them.

use atalaya_application::AppError;
use atalaya_application::error::{ValueKind, Violation};
use atalaya_application::tables::Selection;
use atalaya_domain::company::Company;
use atalaya_domain::tables::{Filter, Keys, Table};
use serde_json::value::RawValue;

use super::filter::filter;
use super::reader::Reader;
use super::values::RecordForm;

/// What is asked for, as it came.
pub(crate) struct Asked<'a> {
    pub(crate) filter: Option<&'a RawValue>,
    pub(crate) q: Option<&'a str>,
    pub(crate) sort: &'a [String],
    pub(crate) fields: &'a [String],
}

impl Asked<'_> {
    /// Holds what is asked for against a table, and says what it means.
    ///
    /// # Errors
    /// `InvalidFilter` names whatever is wrong.
    pub(crate) fn selection(&self, table: &Table, company: &Company, form: RecordForm) -> Result<Selection, AppError> {
        let mut reader = Reader::new(table, company, form);
        let filter = filter(&mut reader, self.filter);
        let (sort, fields) = (self.sort.iter().map(String::as_str), self.fields.iter().map(String::as_str));
        reader.selection(filter, self.q, sort, fields)
    }
}

/// A filter that is written as JSON.
///
/// # Errors
/// That it is no JSON.
pub(super) fn written_filter(text: &str) -> Result<&RawValue, AppError> {
    let wrong = |_| AppError::InvalidFilter(vec![Violation::wrong_type("filter", ValueKind::Object)]);
    serde_json::from_str(text).map_err(wrong)
}

/// What a filter that is written as JSON means of a table, its fields named by these keys.
///
/// # Errors
/// `InvalidFilter` names whatever is wrong.
pub fn read_filter(text: &str, keys: Keys, table: &Table, company: &Company) -> Result<Filter, AppError> {
    let asked = Asked { filter: Some(written_filter(text)?), q: None, sort: &[], fields: &[] };
    let form = RecordForm { keys, ..RecordForm::default() };
    Ok(asked.selection(table, company, form)?.query.filter)
}
