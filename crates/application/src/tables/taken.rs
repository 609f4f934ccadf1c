//! Unique values that other records have, in the words of violations: they name the value that was sent, and nothing of
//! the record that has it.

use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{Field as TableField, Keys, Table, Values};

use crate::error::{AppError, BulkPlace, Conflict, Field, RecordKey, Violation};
use crate::ports::tables::{RecordReader, Taken};

/// How a record was sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    /// Where it stands among many; `None` for the only one.
    pub(super) place: Option<BulkPlace>,
    /// By what its fields are named.
    pub(super) keys: Keys,
}

/// A taken value as violations, one for each field.
pub(super) fn of_taken(table: &Table, taken: &Taken, sent: Sent) -> Vec<Violation> {
    let code = if taken.fields.len() == 1 { "value_taken" } else { "values_taken" };
    let violation = |field: &TableField| {
        let key = RecordKey { place: sent.place, key: sent.keys.of(field) };
        Violation::new(Field::RecordValue(Box::new(key)), code)
    };
    let fields = taken.fields.iter().filter_map(|number| table.field_numbered(*number));
    fields.map(violation).collect()
}

/// One record that could not be stored, because a value of it was taken.
pub(super) struct Tried {
    table: Table,
    record: RecordId,
    values: Values,
    keys: Keys,
}

impl Tried {
    /// What was to be stored, where a taken value is why it was not.
    pub(super) fn of(error: &AppError, table: &Table, record: RecordId, values: &Values, keys: Keys) -> Option<Self> {
        let is_taken = matches!(error, AppError::Conflict(Conflict::ValueTaken));
        is_taken.then(|| Self { table: table.clone(), record, values: values.clone(), keys })
    }

    /// The fields whose values are taken.
    ///
    /// # Errors
    /// Of the database.
    pub(super) fn violations<R: RecordReader + ?Sized>(&self, records: &mut R) -> Result<Vec<Violation>, AppError> {
        let taken = records.taken(&self.table, &[(self.record, &self.values)])?;
        let sent = Sent { place: None, keys: self.keys };
        Ok(taken.iter().flat_map(|taken| of_taken(&self.table, taken, sent)).collect())
    }
}
