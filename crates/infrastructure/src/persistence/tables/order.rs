//! The order of a list.

use atalaya_application::ports::tables::RecordSlice;
use atalaya_domain::tables::{FieldNumber, RecordQuery, Sort, SortBy, Table};

/// In which order records come. The last step is always the id, in the direction of the step before it, so that an
/// index of values is read from one end to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    /// By values of these fields.
    pub(super) steps: Vec<Step>,
    /// By the id from the largest on.
    pub(super) newest_first: bool,
}

/// A part of a list, as statements take it.
pub(super) struct Part {
    pub(super) offset: i64,
    pub(super) limit: i64,
}

impl From<&RecordSlice> for Part {
    fn from(slice: &RecordSlice) -> Self {
        Self { offset: i64::try_from(slice.offset).unwrap_or(i64::MAX), limit: i64::from(slice.limit) }
    }
}

/// A step of an order: by values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) field: i32,
    pub(super) descending: bool,
}

impl Order {
    /// The order of a query. Ids tell when records were created, and no two are the same, so nothing counts behind
    /// that; neither does a field that came before, nor one in the trash.
    pub(super) fn of(table: &Table, query: &RecordQuery) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        let mut newest_first = true;
        for Sort { by, descending } in &query.sort {
            match by {
                SortBy::Created => return Self { steps, newest_first: *descending },
                SortBy::Field(number) if is_new(table, &steps, *number) => {
                    steps.push(Step { field: number.get(), descending: *descending });
                    newest_first = *descending;
                }
                SortBy::Field(_) => {}
            }
        }
        Self { steps, newest_first }
    }
}

fn is_new(table: &Table, steps: &[Step], number: FieldNumber) -> bool {
    table.field_numbered(number).is_some() && steps.iter().all(|step| step.field != number.get())
}
