//! Following a table: which changes were made since somebody last looked.
//!
//! Every change is told to the audit log in the transaction that makes it, and the log is in the order of commits. So
//! whoever reads it on from where they stopped misses nothing, whichever replica wrote.

use std::collections::BTreeSet;
use std::sync::Arc;

use atalaya_domain::audit::{AuditAction, AuditEntry};
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::mandate::{Mandate, ReadRecords};
use atalaya_domain::tables::{EntityName, Reach, Table};
use chrono::{DateTime, Utc};

use super::checks::opened;
use crate::error::AppError;
use crate::ports::store::{ReadView, Store};
use crate::sessions::SessionFollower;

/// What was done to records, several of which one entry may tell.
const OF_RECORDS: [AuditAction; 5] = [
    AuditAction::RecordsCreated,
    AuditAction::RecordsChanged,
    AuditAction::RecordsDeleted,
    AuditAction::RecordsRestored,
    AuditAction::RecordsImported,
];
/// What was done to the entity type.
const OF_ENTITY: [AuditAction; 1] = [AuditAction::EntityChanged];
/// What was done to one of its fields.
const OF_FIELDS: [AuditAction; 5] = [
    AuditAction::FieldDefined,
    AuditAction::FieldChanged,
    AuditAction::FieldRetyped,
    AuditAction::FieldDeleted,
    AuditAction::FieldRestored,
];

/// A change of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableChange {
    /// What was done.
    pub action: AuditAction,
    /// To which record; `None` for what a bulk, an import, a relation or a rule did, and what was done to the table.
    pub record: Option<RecordId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was changed behind a place, and the place behind that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableChanges {
    /// In their order.
    pub changes: Vec<TableChange>,
    /// Where to go on.
    pub place: i64,
}

impl TableChange {
    /// What may be done to a table and its records.
    pub const ACTIONS: [AuditAction; 11] = {
        let [created, changed, deleted, restored, imported] = OF_RECORDS;
        let [entity] = OF_ENTITY;
        let [defined, field, retyped, removed, returned] = OF_FIELDS;
        [created, changed, deleted, restored, imported, entity, defined, field, retyped, removed, returned]
    };
}

/// Telling what is changed in tables.
pub trait FollowTables: Send + Sync {
    /// The place behind every change that there is by now.
    ///
    /// # Errors
    /// `NotFound(Entity)`.
    fn place(&self, by: &Mandate<ReadRecords>, id: EntityId) -> Result<i64, AppError>;

    /// What was changed behind a place, as far as it is there for who asks: whoever reads their own records only hears
    /// of those, and of what they did themselves.
    ///
    /// # Errors
    /// `NotFound(Entity)` once the table is not there for them any more.
    fn changes(&self, by: &Mandate<ReadRecords>, id: EntityId, place: i64) -> Result<TableChanges, AppError>;
}

/// [`FollowTables`] on the ports.
pub struct TableChangeService {
    /// A company's data.
    pub store: Arc<dyn Store>,
}

fn end(view: &mut dyn ReadView) -> Result<i64, AppError> {
    Ok(view.audit().stored_head()?.map_or(0, |head| head.seq))
}

/// The change of this table that an entry tells.
fn change(name: &EntityName, entry: &AuditEntry) -> Option<TableChange> {
    let action: AuditAction = entry.action.parse().ok()?;
    let target = entry.target.as_deref()?;
    let record = if OF_RECORDS.contains(&action) {
        let what = target.strip_prefix(name.as_str())?.strip_prefix(": ")?;
        RecordId::parse(what)
    } else if OF_FIELDS.contains(&action) {
        // The letters of a name are those of identifiers, so that this ends it.
        target.strip_prefix(name.as_str())?.strip_prefix('.')?;
        None
    } else {
        (OF_ENTITY.contains(&action) && target == name.as_str()).then_some(())?;
        None
    };
    Some(TableChange { action, record, at: DateTime::from_timestamp_micros(entry.at_micros)? })
}

/// The records among these that are there for who opened the table, or were before they went into the trash.
fn visible(view: &mut dyn ReadView, table: &Table, ids: &[RecordId]) -> Result<BTreeSet<RecordId>, AppError> {
    let records = view.records();
    let mut visible: BTreeSet<RecordId> = records.find_all(table, ids)?.into_iter().map(|record| record.id).collect();
    for id in ids {
        if !visible.contains(id) && records.trashed(table, *id, DateTime::UNIX_EPOCH)?.is_some() {
            visible.insert(*id);
        }
    }
    Ok(visible)
}

impl FollowTables for TableChangeService {
    fn place(&self, by: &Mandate<ReadRecords>, id: EntityId) -> Result<i64, AppError> {
        self.store.query_apart(&by.scope(), |view| {
            opened(view.entities(), by, id)?;
            end(view)
        })
    }

    fn changes(&self, by: &Mandate<ReadRecords>, id: EntityId, place: i64) -> Result<TableChanges, AppError> {
        self.store.query_apart(&by.scope(), |view| {
            // What takes the table away from somebody is in the log too: while it has nothing new, they may still read.
            if end(view)? == place {
                return Ok(TableChanges { changes: Vec::new(), place });
            }
            let table = opened(view.entities(), by, id)?;
            let entries = view.audit().entries_after(place)?;
            let place = entries.last().map_or(place, |(entry, _)| entry.seq);
            let told = |entry: &AuditEntry| Some((change(&table.entity.name, entry)?, entry.actor_id));
            let told: Vec<(TableChange, Option<i64>)> = entries.iter().filter_map(|(entry, _)| told(entry)).collect();
            let Reach::Own(reader) = table.reach() else {
                return Ok(TableChanges { changes: told.into_iter().map(|(change, _)| change).collect(), place });
            };
            let ids: BTreeSet<RecordId> = told.iter().filter_map(|(change, _)| change.record).collect();
            let visible = visible(view, &table, &ids.into_iter().collect::<Vec<_>>())?;
            let is_told = |(change, actor): &(TableChange, Option<i64>)| match change.record {
                Some(record) => visible.contains(&record),
                None => !OF_RECORDS.contains(&change.action) || *actor == Some(reader.get()),
            };
            let changes = told.into_iter().filter(is_told).map(|(change, _)| change).collect();
            Ok(TableChanges { changes, place })
        })
    }
}

/// Looks at a table again and again, for somebody whose right to it is asked again at every look.
pub struct TableFollower {
    /// Knows who asks.
    pub session: SessionFollower,
    /// Knows what was changed.
    pub tables: Arc<dyn FollowTables>,
    /// From where.
    pub origin: Origin,
    /// The entity type.
    pub id: EntityId,
    /// Where to go on; `None` before the first look.
    pub place: Option<i64>,
}

impl TableFollower {
    /// What was changed since the last look; `None` at the first one.
    ///
    /// # Errors
    /// `Unauthenticated` or `Forbidden` once the right has ended; `NotFound(Entity)`; `Unavailable` while the database
    /// is away, after which the next look misses nothing.
    pub fn look(&mut self) -> Result<Option<Vec<TableChange>>, AppError> {
        let by = Caller::new(self.session.actor()?, self.origin.clone()).mandate()?;
        let Some(place) = self.place else {
            self.place = Some(self.tables.place(&by, self.id)?);
            return Ok(None);
        };
        let TableChanges { changes, place } = self.tables.changes(&by, self.id, place)?;
        self.place = Some(place);
        Ok(Some(changes))
    }
}
