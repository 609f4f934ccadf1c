//! Repositories of the tables that companies define for themselves, bound to the unit of work's company like all
//! others.

use atalaya_domain::id::{EntityId, FieldId, RecordId};
use atalaya_domain::mandate::Attribution;
use atalaya_domain::tables::{
    Entity, Field, FieldNumber, NewEntity, NewField, Record, RecordQuery, Relationship, Revision, RevisionKind, Sort,
    Table, UniqueSet, Value, Values,
};
use chrono::{DateTime, Utc};

use super::trash::Trashed;
use crate::error::AppError;
use crate::page::{Page, PageRequest};

/// Reads definitions. What is in the trash is not there but for the methods that say so. A table that is read is opened
/// by nobody yet, and shows no records.
pub trait EntityReader {
    /// Every entity type of the company, the newest first.
    ///
    /// # Errors
    /// Of the database.
    fn all(&mut self) -> Result<Vec<Entity>, AppError>;

    /// Every entity type of the company with its fields, the newest first, in as many statements whatever their number.
    ///
    /// # Errors
    /// Of the database.
    fn tables(&mut self) -> Result<Vec<Table>, AppError>;

    /// An entity type with its fields.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, id: EntityId) -> Result<Option<Table>, AppError>;

    /// Those of these entity types that there are, with their fields, in any order and in as many statements whatever
    /// their number.
    ///
    /// # Errors
    /// Of the database.
    fn find_all(&mut self, ids: &[EntityId]) -> Result<Vec<Table>, AppError>;

    /// The relations of which the entity type is either end, the newest first.
    ///
    /// # Errors
    /// Of the database.
    fn relationships(&mut self, id: EntityId) -> Result<Vec<Relationship>, AppError>;

    /// The entity types that were put into the trash at that time or later, the last ones first.
    ///
    /// # Errors
    /// Of the database.
    fn trash(&mut self, since: DateTime<Utc>) -> Result<Vec<Trashed<Entity>>, AppError>;

    /// The fields of an entity type that were put into the trash at that time or later, the last ones first.
    ///
    /// # Errors
    /// Of the database.
    fn field_trash(&mut self, id: EntityId, since: DateTime<Utc>) -> Result<Vec<Trashed<Field>>, AppError>;
}

/// Writes definitions. The caller has found the entity type in the same unit of work.
pub trait EntityWriter: EntityReader {
    /// Locks an entity type, its records and what points to it, for a long unit of work: until this one ends, no other
    /// unit of work that finds the entity type goes on. Those that began before then begin anew.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `Unavailable` while others keep it.
    fn lock(&mut self, id: EntityId) -> Result<(), AppError>;

    /// Defines an entity type.
    ///
    /// # Errors
    /// `Conflict(EntityExists)` when the company has one of that name.
    fn insert(&mut self, id: EntityId, entity: &NewEntity, at: DateTime<Utc>) -> Result<Entity, AppError>;

    /// Stores what an entity type is by now: all but its name. Values that become unique together have to be so
    /// already.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `Conflict(ValueTaken)` when values become unique together and are not.
    fn change(&mut self, table: &Table, entity: &Entity) -> Result<(), AppError>;

    /// Puts an entity type into the trash, with its fields and records.
    ///
    /// # Errors
    /// `NotFound(Entity)`.
    fn delete(&mut self, entity: &Entity, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Takes an entity type out of the trash that was put there at that time or later.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `Conflict(EntityExists)` when another one has its name by now.
    fn restore(&mut self, id: EntityId, since: DateTime<Utc>) -> Result<Entity, AppError>;

    /// Defines a field, behind those that there are.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `Conflict(FieldExists)` when the entity type has one of that column name.
    fn insert_field(
        &mut self,
        table: &Table,
        id: FieldId,
        field: &NewField,
        at: DateTime<Utc>,
    ) -> Result<Field, AppError>;

    /// Stores what a field is by now: its names, place and rules. Its type and what it points to stay.
    ///
    /// # Errors
    /// `NotFound(Field)`; `Conflict(FieldExists)`; `Conflict(ValueTaken)` when its values become unique and are not.
    fn change_field(&mut self, table: &Table, field: &Field) -> Result<(), AppError>;

    /// Puts a field into the trash. Its values stay where they are, and nobody sees them.
    ///
    /// # Errors
    /// `NotFound(Field)`.
    fn delete_field(&mut self, table: &Table, field: &Field, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Takes a field out of the trash that was put there at that time or later, with its values. It comes last where
    /// another has its place by now.
    ///
    /// # Errors
    /// `NotFound(Field)`; `Conflict(FieldExists)` when another one has its name by now; `Conflict(ValueTaken)` when its
    /// values are unique and two records have the same by now.
    fn restore_field(&mut self, table: &Table, id: FieldId, since: DateTime<Utc>) -> Result<Field, AppError>;
}

/// How many records there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// The number, or about that many.
    pub count: u64,
    /// Whether it was counted rather than estimated.
    pub exact: bool,
}

impl Total {
    /// Up to here records that a filter means are counted.
    pub const COUNTED: u64 = 10_000;
}

/// Which part of a list of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSlice {
    /// How many records of the order come before.
    pub offset: u64,
    /// The most records.
    pub limit: u32,
}

/// Where a walk through records goes on: behind a place of an order, whether or not its record is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordMark {
    /// The order; in another one the mark says nothing.
    pub order: Vec<Sort>,
    /// By what the last record that was given sorts: for each field of the order that counts, a key of the store, or
    /// that it had no value.
    pub keys: Vec<Option<Vec<u8>>>,
    /// The last record that was given.
    pub after: RecordId,
    /// How many were given so far.
    pub given: u64,
}

impl RecordMark {
    /// The most bytes of a key.
    pub const MOST_KEY_BYTES: usize = 160;
}

/// A unique value that a record is to have and another one has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The record that is to have it.
    pub record: RecordId,
    /// The unique field, or those whose values are unique together.
    pub fields: Vec<FieldNumber>,
}

/// Part of a list, and how long the whole is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The part.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: u64,
}

/// One writing of records: who, when, by which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// How the revision comes about.
    pub kind: RevisionKind,
    /// Who does it, and from where.
    pub by: Attribution,
    /// When.
    pub at: DateTime<Utc>,
}

/// Reads records: those that are there for who opened the table. What is in the trash is not there but for the methods
/// that say so.
pub trait RecordReader {
    /// The record of that id.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, table: &Table, id: RecordId) -> Result<Option<Record>, AppError>;

    /// The records of these ids that there are, in any order.
    ///
    /// # Errors
    /// Of the database.
    fn find_all(&mut self, table: &Table, ids: &[RecordId]) -> Result<Vec<Record>, AppError>;

    /// The records of these ids that there are, each with its entity type, in any order and in one statement whatever
    /// the number of entity types. Of all of them at most 10,000 ids are asked for.
    ///
    /// # Errors
    /// Of the database.
    fn find_in(&mut self, wanted: &[(&Table, Vec<RecordId>)]) -> Result<Vec<(EntityId, Record)>, AppError>;

    /// The records that have one of these values in a unique field, in any order.
    ///
    /// # Errors
    /// Of the database.
    fn with_unique(&mut self, table: &Table, field: &Field, values: &[Value]) -> Result<Vec<Record>, AppError>;

    /// What other records have of the unique values that these records are to have. All of them are stored at once: one
    /// may take what another gives up, and of two that want the same the first one gets it. Holders count whoever may
    /// read them.
    ///
    /// # Errors
    /// Of the database.
    fn taken(&mut self, table: &Table, wanted: &[(RecordId, &Values)]) -> Result<Vec<Taken>, AppError>;

    /// Part of the records that a query means, in its order: records without a value last, and where all steps leave it
    /// open, by id in the direction of the last step, from the newest on where there is none.
    ///
    /// # Errors
    /// Of the database.
    fn list(&mut self, table: &Table, query: &RecordQuery, slice: &RecordSlice) -> Result<Vec<Record>, AppError>;

    /// The first records behind a mark of those that a query means, in the order of [`Self::list`]. How far the mark is
    /// from the first record makes no difference.
    ///
    /// # Errors
    /// Of the database.
    fn list_behind(
        &mut self,
        table: &Table,
        query: &RecordQuery,
        mark: &RecordMark,
        limit: u32,
    ) -> Result<Vec<Record>, AppError>;

    /// Where a list goes on behind a record of it, the last of so many.
    fn mark(&self, table: &Table, query: &RecordQuery, last: &Record, given: u64) -> RecordMark;

    /// The next of all records that a query means, in the order of [`Self::list`], for whoever takes them to the last.
    ///
    /// # Errors
    /// Of the database.
    fn walk(
        &mut self,
        table: &Table,
        query: &RecordQuery,
        request: &PageRequest<RecordMark>,
    ) -> Result<Page<Record, RecordMark>, AppError>;

    /// How many records a query means: counted up to [`Total::COUNTED`], which stands for more where it is not exact,
    /// and all of an entity type where there is neither filter nor search.
    ///
    /// # Errors
    /// Of the database.
    fn count(&mut self, table: &Table, query: &RecordQuery) -> Result<Total, AppError>;

    /// Of these ids those that are records of the table.
    ///
    /// # Errors
    /// Of the database.
    fn existing(&mut self, table: &Table, ids: &[RecordId]) -> Result<Vec<RecordId>, AppError>;

    /// Records of the entity type of whose values of a field there are equal ones: those of equal values together, the
    /// first `limit`, and how many there are in all.
    ///
    /// # Errors
    /// Of the database.
    fn repeated(&mut self, entity: EntityId, field: FieldNumber, limit: u32) -> Result<Listed<RecordId>, AppError>;

    /// The same of records whose values of all fields of a set are equal, whoever may see them.
    ///
    /// # Errors
    /// Of the database.
    fn repeated_together(&mut self, table: &Table, set: &UniqueSet, limit: u32) -> Result<Listed<RecordId>, AppError>;

    /// Records whose field points to the record, at most `limit`, by id.
    ///
    /// # Errors
    /// Of the database.
    fn pointing(
        &mut self,
        source: EntityId,
        field: &Field,
        target: RecordId,
        limit: u32,
    ) -> Result<Vec<RecordId>, AppError>;

    /// Part of the revisions of a record, also of one in the trash, the latest first; `None` where there is no such
    /// record.
    ///
    /// # Errors
    /// Of the database.
    fn revisions(
        &mut self,
        table: &Table,
        id: RecordId,
        slice: &RecordSlice,
    ) -> Result<Option<Listed<Revision>>, AppError>;

    /// The revision of that number of a record, also of one in the trash.
    ///
    /// # Errors
    /// Of the database.
    fn revision(&mut self, table: &Table, id: RecordId, number: i32) -> Result<Option<Revision>, AppError>;

    /// Part of the records that were put into the trash at that time or later, the last ones first.
    ///
    /// # Errors
    /// Of the database.
    fn trash(
        &mut self,
        table: &Table,
        since: DateTime<Utc>,
        slice: &RecordSlice,
    ) -> Result<Listed<Trashed<Record>>, AppError>;

    /// The record of that id that was put into the trash at that time or later.
    ///
    /// # Errors
    /// Of the database.
    fn trashed(&mut self, table: &Table, id: RecordId, since: DateTime<Utc>) -> Result<Option<Record>, AppError>;
}

/// Writes records, with the index that filters use and the values that are unique. What is written keeps the rules of
/// the table already, but for the uniqueness of values.
pub trait RecordWriter: RecordReader {
    /// Stores new records.
    ///
    /// # Errors
    /// `Conflict(ValueTaken)` when a unique field of another record has the value.
    fn insert(
        &mut self,
        table: &Table,
        records: &[(RecordId, Values)],
        writing: &Writing,
    ) -> Result<Vec<Record>, AppError>;

    /// Gives different records other values, each as its next revision. What they were before is kept. The records as
    /// they are then, in the order of the changes; how many statements that takes does not depend on their number.
    ///
    /// # Errors
    /// `Conflict(ValueTaken)`; `PreconditionFailed` when a record is no longer as its change says.
    fn change_all(
        &mut self,
        table: &Table,
        changes: &[(Record, Values)],
        writing: &Writing,
    ) -> Result<Vec<Record>, AppError>;

    /// [`Self::change_all`] of one record.
    ///
    /// # Errors
    /// As [`Self::change_all`].
    fn change(
        &mut self,
        table: &Table,
        current: &Record,
        values: &Values,
        writing: &Writing,
    ) -> Result<Record, AppError> {
        let changed = self.change_all(table, &[(current.clone(), values.clone())], writing)?;
        changed.into_iter().next().ok_or(AppError::PreconditionFailed)
    }

    /// Puts different records into the trash, each as its next revision.
    ///
    /// # Errors
    /// `PreconditionFailed` when a record is no longer as it is said here.
    fn delete_all(&mut self, table: &Table, records: &[Record], writing: &Writing) -> Result<(), AppError>;

    /// [`Self::delete_all`] of one record.
    ///
    /// # Errors
    /// As [`Self::delete_all`].
    fn delete(&mut self, table: &Table, current: &Record, writing: &Writing) -> Result<(), AppError> {
        self.delete_all(table, std::slice::from_ref(current), writing)
    }

    /// Takes a record out of the trash, as its next revision.
    ///
    /// # Errors
    /// `NotFound(Record)`; `Conflict(ValueTaken)`.
    fn restore(&mut self, table: &Table, id: RecordId, writing: &Writing) -> Result<Record, AppError>;
}
