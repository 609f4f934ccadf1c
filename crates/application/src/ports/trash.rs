//! What was deleted and can be restored for a while, and what of it is kept no longer.

use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Entity, Field, FieldNumber};
use chrono::{DateTime, TimeDelta, Utc};

use crate::error::AppError;

/// How long what was deleted can be restored: accounts, users, and what was put into the trash of tables.
pub const TRASH_KEPT: TimeDelta = TimeDelta::days(30);

/// Something in the trash.
#[derive(Debug, Clone, PartialEq)]
pub struct Trashed<T> {
    /// What.
    pub item: T,
    /// Since when.
    pub deleted_at: DateTime<Utc>,
}

/// Something whose time in the trash is over.
#[derive(Debug, Clone, PartialEq)]
pub enum Expired {
    /// An entity type, with everything of it.
    Entity(Entity),
    /// Records of an entity type.
    Records(Entity),
    /// A field of an entity type, with its values.
    Field(Entity, Box<Field>),
    /// A hidden field that no job fills any more: what people never saw of a retype that came to nothing.
    Hidden(Entity, Box<Field>),
}

/// Where values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holders {
    /// In records.
    Records,
    /// In records of the trash.
    Trash,
    /// In what records were before.
    Revisions,
}

/// How far the values of a field are removed: up to and with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Where.
    pub holders: Holders,
    /// The last record that is done; none yet where there is none.
    pub until: Option<RecordId>,
}

impl Holders {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Records, Self::Trash, Self::Revisions];
}

impl Removed {
    /// Nothing yet.
    pub const NOTHING: Self = Self { holders: Holders::Records, until: None };

    /// Everything of these holders, and nothing of the next; `None` where these are the last.
    #[must_use]
    pub fn all_of(holders: Holders) -> Option<Self> {
        let next = match holders {
            Holders::Records => Holders::Trash,
            Holders::Trash => Holders::Revisions,
            Holders::Revisions => return None,
        };
        Some(Self { holders: next, until: None })
    }
}

/// Deletes for good what was in the trash. Each method does as much as one transaction may, so that nobody waits long
/// for it, and what was done by a process that died is not done again.
pub trait TrashWriter {
    /// Something that was put into the trash before that time, or a field that stays hidden.
    ///
    /// # Errors
    /// Of the database.
    fn expired(&mut self, before: DateTime<Utc>) -> Result<Option<Expired>, AppError>;

    /// Deletes some records of an entity type that were put into the trash before that time, with all that they were.
    /// How many; 0 when none is left.
    ///
    /// # Errors
    /// Of the database.
    fn purge_records(&mut self, entity: EntityId, before: DateTime<Utc>) -> Result<u64, AppError>;

    /// Removes some values of a field that is in the trash. How far that is now; `None` when none is left.
    ///
    /// # Errors
    /// Of the database.
    fn remove_values(
        &mut self,
        entity: EntityId,
        field: FieldNumber,
        removed: Removed,
    ) -> Result<Option<Removed>, AppError>;

    /// Deletes the definition of a field that is in the trash, and what the index still has of it.
    ///
    /// # Errors
    /// Of the database.
    fn purge_field(&mut self, entity: EntityId, field: FieldNumber) -> Result<(), AppError>;

    /// Deletes some records of an entity type that is in the trash, with all that they were: how many. When none is
    /// left, deletes its definition, and relations to it point nowhere: `None`.
    ///
    /// # Errors
    /// Of the database.
    fn purge_entity(&mut self, entity: EntityId) -> Result<Option<u64>, AppError>;
}
