//! Going through all records that a query means, some at a time.

use atalaya_domain::tables::{Record, RecordQuery, Table};

use crate::error::AppError;
use crate::page::PageRequest;
use crate::ports::tables::{RecordMark, RecordReader};

/// Gives each page of the records to `each`, which may write what it is given.
///
/// # Errors
/// Of the database; those of `each`, after which no more pages are read.
pub(super) fn each_page<R: RecordReader + ?Sized>(
    records: &mut R,
    table: &Table,
    query: &RecordQuery,
    mut each: impl FnMut(&mut R, Vec<Record>) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let mut after = None;
    loop {
        let request = PageRequest::new(after, PageRequest::<RecordMark>::MAX_LIMIT);
        let page = records.walk(table, query, &request)?;
        each(records, page.items)?;
        let Some(next) = page.next else { return Ok(()) };
        after = Some(next);
    }
}
