//! Totals of records by groups: every record that is meant is read once, and only the groups are kept.

use atalaya_domain::tables::{Aggregation, Groups, RecordQuery, Table};

use super::Totals;
use super::walking::each_page;
use crate::error::{AppError, Field, Violation};
use crate::ports::tables::RecordReader;

/// Groups and measures the records that a query means.
///
/// # Errors
/// `InvalidFilter` where they make more groups than are told.
pub(super) fn totals<R: RecordReader + ?Sized>(
    records: &mut R,
    table: Table,
    query: &RecordQuery,
    aggregation: &Aggregation,
) -> Result<Totals, AppError> {
    let too_many = |_| {
        let violation = Violation::new(Field::GroupBy, "too_many_groups");
        AppError::InvalidFilter(vec![violation.with("max", &Aggregation::MOST_GROUPS)])
    };
    let mut groups = Groups::new(aggregation);
    let mut count = 0;
    each_page(records, &table, query, |_, page| {
        count += page.len();
        page.iter().try_for_each(|record| groups.add(&record.values)).map_err(too_many)
    })?;
    Ok(Totals { table, groups: groups.finish(), records: u64::try_from(count).map_err(AppError::internal)? })
}
