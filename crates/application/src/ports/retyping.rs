//! Giving a field another type: its values are kept once more, converted, under the number of a hidden field, which in
//! the end takes its place.

use atalaya_domain::id::{EntityId, FieldId, JobId, RecordId};
use atalaya_domain::tables::{Field, FieldNumber, NewField, Table, Value};
use chrono::{DateTime, Utc};

use super::trash::Holders;
use crate::error::AppError;

/// A field that nobody sees yet.
#[derive(Debug, Clone, PartialEq)]
pub struct HiddenField {
    /// What it will be.
    pub field: Field,
    /// The job that fills it.
    pub job: JobId,
}

/// A state of a record: of now, of the trash, or of before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StateId {
    /// The record.
    pub record: RecordId,
    /// The revision.
    pub revision: i32,
}

/// What a state of a record has in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// A value.
    Value(Value),
    /// No value.
    Nothing,
    /// A value that was none of the type that the field has by now. Only states of the trash and of before have such.
    Lost,
}

/// From which field to which.
#[derive(Debug, Clone, Copy)]
pub struct Retyping<'f> {
    /// The entity type.
    pub entity: EntityId,
    /// The field that people see.
    pub from: &'f Field,
    /// The hidden one.
    pub to: &'f Field,
}

/// Gives fields another type. What is written of a hidden field nobody sees. A record that changes meanwhile loses its
/// converted value, and counts as not converted again.
pub trait FieldRetyper {
    /// How many states of records there are: of now, of the trash and of before.
    ///
    /// # Errors
    /// Of the database.
    fn count_states(&mut self, entity: EntityId) -> Result<u64, AppError>;

    /// Stores a hidden field beside one that people see, which is being retyped from then on. Where one transaction
    /// does all, there is no such job.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Field)`.
    fn hide(
        &mut self,
        table: &Table,
        from: &Field,
        hidden: (FieldId, &NewField),
        job: JobId,
        at: DateTime<Utc>,
    ) -> Result<Field, AppError>;

    /// The hidden field of that number; `None` where it is hidden no more, or was deleted.
    ///
    /// # Errors
    /// Of the database.
    fn hidden(&mut self, entity: EntityId, number: FieldNumber) -> Result<Option<HiddenField>, AppError>;

    /// States behind one of which something is kept in the field and nothing in the hidden one, in their order, at most
    /// `limit`.
    ///
    /// # Errors
    /// Of the database.
    fn unconverted(
        &mut self,
        retyping: Retyping<'_>,
        holders: Holders,
        after: Option<StateId>,
        limit: u32,
    ) -> Result<Vec<(StateId, Held)>, AppError>;

    /// Stores what states have in the hidden field.
    ///
    /// # Errors
    /// `PreconditionFailed` where a state is not there any more.
    fn convert(&mut self, retyping: Retyping<'_>, holders: Holders, states: &[(StateId, Held)])
    -> Result<(), AppError>;

    /// Puts the hidden field in the place of the one that people see: it takes its id, names and place, and relations
    /// that choose by the field choose by it. The field that was seen goes into the trash, under the other id.
    ///
    /// # Errors
    /// `NotFound(Field)`; `Conflict(ValueTaken)` where values are to be unique and are not.
    fn replace(&mut self, retyping: Retyping<'_>, at: DateTime<Utc>) -> Result<Field, AppError>;
}
