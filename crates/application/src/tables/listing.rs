//! Reading a part of a list of records, and where the list goes on.

use atalaya_domain::tables::{Record, RecordQuery, Table};

use super::RecordPart;
use crate::error::{AppError, Field, Violation};
use crate::ports::tables::{RecordMark, RecordReader, RecordSlice, Total};

/// A part of a list.
pub(super) struct Part {
    pub(super) records: Vec<Record>,
    /// How many came before.
    pub(super) before: u64,
    pub(super) next: Option<RecordMark>,
}

/// Reads a part of what a query means, of which there are so many.
///
/// # Errors
/// `Invalid` for a mark of another order.
pub(super) fn part<R: RecordReader + ?Sized>(
    records: &mut R,
    table: &Table,
    query: &RecordQuery,
    total: Total,
    asked: &RecordPart,
) -> Result<Part, AppError> {
    // One more than is shown tells whether there are more.
    let (before, limit, mut found) = match asked {
        // A page behind the last record needs no search.
        RecordPart::Slice(slice) if total.exact && slice.offset >= total.count => {
            (slice.offset, slice.limit, Vec::new())
        }
        RecordPart::Slice(slice) => {
            let one_more = RecordSlice { offset: slice.offset, limit: slice.limit.saturating_add(1) };
            (slice.offset, slice.limit, records.list(table, query, &one_more)?)
        }
        RecordPart::Behind(mark, _) if mark.order != query.sort => {
            return Err(AppError::Invalid(vec![Violation::new(Field::Cursor, "not_a_cursor")]));
        }
        RecordPart::Behind(mark, limit) => {
            (mark.given, *limit, records.list_behind(table, query, mark, limit.saturating_add(1))?)
        }
    };
    let limit = usize::try_from(limit).map_err(AppError::internal)?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let shown = u64::try_from(found.len()).map_err(AppError::internal)?;
    let last = found.last().filter(|_| has_more);
    let next = last.map(|last| records.mark(table, query, last, before.saturating_add(shown)));
    Ok(Part { records: found, before, next })
}
