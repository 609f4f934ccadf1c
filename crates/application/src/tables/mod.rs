//! The tables that a company defines for itself: entity types with fields, and records.

mod aggregation;
mod batches;
mod bulk;
mod changes;
mod checks;
mod definitions;
mod deletion;
mod displayed;
mod expanding;
mod import;
mod importing;
mod judging;
mod listing;
mod record_service;
mod retype_job;
mod retype_payload;
mod retype_service;
mod retyping;
mod selection;
mod stricter;
mod taken;
mod transfers;
mod views;
mod walking;

use atalaya_domain::access::TenantScope;
use atalaya_domain::company::Company;
use atalaya_domain::id::{EntityId, FieldId, RecordId};
use atalaya_domain::mandate::{DefineTables, Mandate, ReadRecords, WriteRecords};
use atalaya_domain::tables::{
    Aggregation, Closed, Draft, Entity, EntityChange, Field, FieldChange, Group, NewEntity, NewField, Record,
    RecordQuery, Relationship, Revision, Table, TablePermit,
};

use crate::Precondition;
use crate::error::AppError;
use crate::ports::tables::{Listed, RecordMark, RecordSlice, Total};
use crate::ports::trash::Trashed;
use crate::receipt::Receipt;

pub use bulk::{Bulk, BulkEffect, BulkStep, Seen};
pub use changes::{FollowTables, TableChange, TableChangeService, TableChanges, TableFollower};
pub use definitions::TableService;
pub use expanding::{Expand, Expanded, Followed};
pub use import::{
    Detected, ImportCell, ImportFault, ImportOutcome, ImportPlan, ImportProgress, ImportQuestion, ImportRow,
    ImportSource, OpenedRows, RowId, Written,
};
pub use judging::{of_broken, of_invalid_condition};
pub use record_service::RecordService;
pub use retype_job::RetypeFieldHandler;
pub use retype_service::Retyped;
pub use retyping::{RetypeTrial, Unconvertible};
pub use selection::{Asked, RecordPart, Selection};
pub use transfers::{TableSink, TransferService, Transfers};
pub use views::{AskedView, FoundView, ViewService, ViewUse, Views};

/// A mandate about tables, whichever: what is needed to find one.
pub trait OpensTables: Send + Sync {
    /// Where.
    fn scope(&self) -> TenantScope;

    /// The table, with the records that are there for who asks.
    ///
    /// # Errors
    /// [`Closed`].
    fn open(&self, table: Table) -> Result<Table, Closed>;
}

impl<P: TablePermit<Scope = TenantScope>> OpensTables for Mandate<P> {
    fn scope(&self) -> TenantScope {
        Self::scope(self)
    }

    fn open(&self, table: Table) -> Result<Table, Closed> {
        table.opened(self)
    }
}

/// Defining tables.
pub trait Tables: Send + Sync {
    /// Every entity type of the company, the newest first.
    ///
    /// # Errors
    /// Of the database.
    fn list(&self, by: &Mandate<DefineTables>) -> Result<Vec<Entity>, AppError>;

    /// Every entity type of the company with its fields, for whoever reads its records.
    ///
    /// # Errors
    /// Of the database.
    fn schema(&self, by: &Mandate<ReadRecords>) -> Result<Vec<Table>, AppError>;

    /// An entity type with its fields.
    ///
    /// # Errors
    /// `NotFound(Entity)` alike for another company's, for one in the trash and for one that does not exist.
    fn find(&self, by: &dyn OpensTables, id: EntityId) -> Result<Table, AppError>;

    /// Defines an entity type; `receipt` is kept in the same transaction.
    ///
    /// # Errors
    /// `Conflict(EntityExists)`, `Conflict(TooManyEntities)`.
    fn create(
        &self,
        by: &Mandate<DefineTables>,
        entity: &NewEntity,
        receipt: &dyn Receipt<Entity>,
    ) -> Result<Entity, AppError>;

    /// Changes an entity type.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `Invalid` where names make no set; `StricterRule` where records are not unique together;
    /// `Conflict(FieldBeingRetyped)` where a field of a new set is.
    fn change(&self, by: &Mandate<DefineTables>, id: EntityId, change: &EntityChange) -> Result<Table, AppError>;

    /// Puts an entity type into the trash, with its records; its name is free at once.
    ///
    /// # Errors
    /// `NotFound(Entity)`.
    fn delete(&self, by: &Mandate<DefineTables>, id: EntityId) -> Result<(), AppError>;

    /// The entity types in the trash, those that were put there last first.
    ///
    /// # Errors
    /// Of the database.
    fn trash(&self, by: &Mandate<DefineTables>) -> Result<Vec<Trashed<Entity>>, AppError>;

    /// Takes an entity type out of the trash, with its records.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `Conflict(EntityExists)`, `Conflict(TooManyEntities)`.
    fn restore(&self, by: &Mandate<DefineTables>, id: EntityId) -> Result<Table, AppError>;

    /// The relations of which the entity type is either end, the newest first.
    ///
    /// # Errors
    /// `NotFound(Entity)`.
    fn relationships(&self, by: &Mandate<DefineTables>, id: EntityId) -> Result<Vec<Relationship>, AppError>;

    /// Defines a field; `receipt` is kept in the same transaction.
    ///
    /// # Errors
    /// `NotFound(Entity)` of the entity type or of the one that a relation points to; `Conflict(FieldExists)`,
    /// `Conflict(FieldReserved)`, `Conflict(TooManyFields)`; `Invalid` where the target has no such field.
    fn add_field(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field: &NewField,
        receipt: &dyn Receipt<Field>,
    ) -> Result<Field, AppError>;

    /// Changes a field. Its values stay where they are.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Field)`, `Conflict(FieldExists)`, `Conflict(FieldReserved)`,
    /// `Conflict(FieldBeingRetyped)`; `StricterRule`.
    fn change_field(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field: FieldId,
        change: &FieldChange,
    ) -> Result<Field, AppError>;

    /// What giving a field another type and other rules would come to. Its names, its place and whether it is required
    /// stay, whatever `to` says.
    ///
    /// # Errors
    /// `NotFound(Entity)` of the entity type or of the one that a relation points to, `NotFound(Field)`; `Invalid`
    /// where the target has no such field.
    fn try_retype(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field: FieldId,
        to: &NewField,
    ) -> Result<RetypeTrial, AppError>;

    /// Gives a field another type and other rules, all of its values or none: at once, or by a job where there are
    /// many. It keeps its id; the field as it was goes into the trash under another id, with its values. `receipt` is
    /// kept in the same transaction.
    ///
    /// # Errors
    /// As [`Self::try_retype`]; `StricterRule` where values cannot be converted, `Conflict(FieldBeingRetyped)`,
    /// `Unavailable(Jobs)` where the company has as many jobs waiting as it may.
    fn retype(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field: FieldId,
        to: &NewField,
        receipt: &dyn Receipt<Retyped>,
    ) -> Result<Retyped, AppError>;

    /// Puts a field into the trash, with its values.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Field)`, `Conflict(FieldBeingRetyped)`.
    fn delete_field(&self, by: &Mandate<DefineTables>, id: EntityId, field: FieldId) -> Result<(), AppError>;

    /// The fields in the trash, those that were put there last first.
    ///
    /// # Errors
    /// `NotFound(Entity)`.
    fn field_trash(&self, by: &Mandate<DefineTables>, id: EntityId) -> Result<Vec<Trashed<Field>>, AppError>;

    /// Takes a field out of the trash, with its values.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Field)`, `Conflict(FieldExists)`, `Conflict(TooManyFields)`.
    fn restore_field(&self, by: &Mandate<DefineTables>, id: EntityId, field: FieldId) -> Result<Field, AppError>;
}

/// A record with the table that says what its values are.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRecord {
    /// The table.
    pub table: Table,
    /// The record.
    pub record: Record,
}

/// Part of a list of records.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordList {
    /// The table.
    pub table: Table,
    /// The records, in the order that was asked for.
    pub records: Vec<Record>,
    /// Fields that the view names and that are not there any more.
    pub missing: Vec<FieldId>,
    /// How many there are in all.
    pub total: Total,
    /// How many records of the order came before these; of a list that goes on behind a mark, when it was made.
    pub before: u64,
    /// Where the list goes on; `None` where these are its last records.
    pub next: Option<RecordMark>,
    /// What the relations lead to that are followed.
    pub expanded: Expanded,
}

/// What many changes came to.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkDone {
    /// The table.
    pub table: Table,
    /// What became of each step, in their order.
    pub effects: Vec<BulkEffect>,
}

/// A record as a choice: its id and what people choose it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The record.
    pub id: RecordId,
    /// The value of the field that people choose by; empty where it has none.
    pub display: String,
}

/// What records come to by groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// The table.
    pub table: Table,
    /// The groups, in the order of the values that they are grouped by.
    pub groups: Vec<Group>,
    /// How many records there are in all groups.
    pub records: u64,
}

/// What is grouped and measured, told once the table and its company are known, like [`Asked`].
pub type AskedTotals<'a> = &'a dyn Fn(&Table, &Company) -> Result<(RecordQuery, Aggregation), AppError>;

/// Keeping records.
pub trait Records: Send + Sync {
    /// Part of the records that are meant, and what their relations lead to as far as `expand` says.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(View)`; `InvalidFilter` of `asked`, or where a path of `expand` is none; `Invalid`
    /// for a mark of another order.
    fn list(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        view: Option<ViewUse>,
        asked: Asked<'_>,
        part: &RecordPart,
        expand: &Expand,
    ) -> Result<RecordList, AppError>;

    /// The records that are meant, grouped and measured, out of one snapshot.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `InvalidFilter` of `asked`, or where there are too many groups.
    fn aggregate(&self, by: &Mandate<ReadRecords>, id: EntityId, asked: AskedTotals<'_>) -> Result<Totals, AppError>;

    /// A record, and what its relations lead to as far as `expand` says.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Record)`; `InvalidFilter` where a path of `expand` is none.
    fn find(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        record: RecordId,
        expand: &Expand,
    ) -> Result<(FoundRecord, Expanded), AppError>;

    /// Records to choose from whose display value has `search` in it, at most `limit`, by that value. The display value
    /// is of the field that `relation` chooses by, or the newest relation to the entity type, or the first text.
    ///
    /// # Errors
    /// `NotFound(Entity)`.
    fn lookup(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        relation: Option<FieldId>,
        search: &str,
        limit: u32,
    ) -> Result<Vec<Choice>, AppError>;

    /// Creates a record; `receipt` is kept in the same transaction.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `Invalid` with every broken rule; `ValueTaken`.
    fn create(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        draft: &Draft<'_>,
        receipt: &dyn Receipt<FoundRecord>,
    ) -> Result<FoundRecord, AppError>;

    /// Makes many changes in one transaction, of at most [`Bulk::MOST`] records; `receipt` is kept with them.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Record)`; `Invalid` with the broken rules of all steps; `Conflict(ValueTaken)`,
    /// `Conflict(RecordInUse)`.
    fn bulk(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        bulk: &Bulk<'_>,
        receipt: &dyn Receipt<BulkDone>,
    ) -> Result<BulkDone, AppError>;

    /// Changes a record: what was not sent stays, and `null` clears.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Record)`; `Invalid` with every broken rule; `ValueTaken`;
    /// `PreconditionFailed`.
    fn change(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        record: RecordId,
        draft: &Draft<'_>,
        expected: Option<Precondition<'_, FoundRecord>>,
    ) -> Result<FoundRecord, AppError>;

    /// Puts a record into the trash. What becomes of records that point to it, the relation says.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Record)`; `Conflict(RecordInUse)`; `PreconditionFailed`.
    fn delete(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        record: RecordId,
        expected: Option<Precondition<'_, FoundRecord>>,
    ) -> Result<(), AppError>;

    /// Part of the records in the trash, those that were put there last first.
    ///
    /// # Errors
    /// `NotFound(Entity)`.
    fn trash(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        slice: &RecordSlice,
    ) -> Result<(Table, Listed<Trashed<Record>>), AppError>;

    /// Takes a record out of the trash.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Record)`; `Invalid` where it breaks a rule by now; `Conflict(ValueTaken)`.
    fn restore(&self, by: &Mandate<WriteRecords>, id: EntityId, record: RecordId) -> Result<FoundRecord, AppError>;

    /// Part of the revisions of a record, also of one in the trash, the latest first.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Record)`.
    fn revisions(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        record: RecordId,
        slice: &RecordSlice,
    ) -> Result<(Table, Listed<Revision>), AppError>;

    /// Gives a record the values of an earlier revision, as a new one.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(Record)`, `NotFound(Revision)`; `Invalid` where they break a rule by now;
    /// `ValueTaken`; `PreconditionFailed`.
    fn revert(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        record: RecordId,
        revision: i32,
        expected: Option<Precondition<'_, FoundRecord>>,
    ) -> Result<FoundRecord, AppError>;
}
