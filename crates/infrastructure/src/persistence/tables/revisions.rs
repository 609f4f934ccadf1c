//! Records as rows: those of now, those in the trash, and what they were before.

use atalaya_application::AppError;
use atalaya_application::ports::tables::Writing;
use atalaya_application::ports::trash::Trashed;
use atalaya_domain::id::{CompanyId, EntityId, RecordId};
use atalaya_domain::tables::{Field, Reach, Record, Revision, Table, Values};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::auto_type;
use diesel::prelude::*;

use super::{bytes, content, identifier};
use crate::persistence::own::{Own, own};
use crate::persistence::rows::{loaded, stored, word};
use crate::persistence::schema::{deleted_records, record_revisions, records};

/// A record, of those that there are or of those in the trash.
#[derive(Debug, Queryable)]
pub(super) struct RecordRow {
    pub(super) id: Vec<u8>,
    pub(super) revision: i32,
    pub(super) kind: String,
    pub(super) author: String,
    pub(super) request_id: Option<String>,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
    pub(super) content: String,
    /// The user who created it; nobody where a program did.
    pub(super) creator: Option<i64>,
}

/// The columns of [`RecordRow`] of a record.
#[auto_type(no_type_alias)]
pub(super) fn record_columns() -> _ {
    (
        records::id,
        records::revision,
        records::kind,
        records::author,
        records::request_id,
        records::created_at,
        records::updated_at,
        records::content,
        records::creator,
    )
}

/// The columns of [`RecordRow`] of a record in the trash.
#[auto_type(no_type_alias)]
pub(super) fn deleted_columns() -> _ {
    (
        deleted_records::id,
        deleted_records::revision,
        deleted_records::kind,
        deleted_records::author,
        deleted_records::request_id,
        deleted_records::created_at,
        deleted_records::updated_at,
        deleted_records::content,
        deleted_records::creator,
    )
}

/// The records of an entity type.
#[auto_type]
pub(super) fn records_of(company: CompanyId, entity: EntityId) -> _ {
    let entity: Vec<u8> = bytes(entity.get());
    let records: Own<records::table> = own::<records::table>(company);
    records.filter(records::entity_id.eq(entity))
}

/// One record.
#[auto_type(no_type_alias)]
pub(super) fn record(company: CompanyId, entity: EntityId, id: RecordId) -> _ {
    let id: Vec<u8> = bytes(id.get());
    let records: records_of = records_of(company, entity);
    records.filter(records::id.eq(id))
}

/// The records of an entity type that are in the trash.
#[auto_type]
pub(super) fn deleted_of(company: CompanyId, entity: EntityId) -> _ {
    let entity: Vec<u8> = bytes(entity.get());
    let records: Own<deleted_records::table> = own::<deleted_records::table>(company);
    records.filter(deleted_records::entity_id.eq(entity))
}

/// One record in the trash.
#[auto_type(no_type_alias)]
pub(super) fn deleted(company: CompanyId, entity: EntityId, id: RecordId) -> _ {
    let id: Vec<u8> = bytes(id.get());
    let deleted: deleted_of = deleted_of(company, entity);
    deleted.filter(deleted_records::id.eq(id))
}

/// What a record was.
#[auto_type(no_type_alias)]
pub(super) fn past_of(company: CompanyId, entity: EntityId, id: RecordId) -> _ {
    let entity: Vec<u8> = bytes(entity.get());
    let id: Vec<u8> = bytes(id.get());
    let revisions: Own<record_revisions::table> = own::<record_revisions::table>(company);
    revisions.filter(record_revisions::entity_id.eq(entity)).filter(record_revisions::record_id.eq(id))
}

impl RecordRow {
    pub(super) fn values(&self, fields: &[Field]) -> Result<Values, AppError> {
        content::values("records.content", &self.content, fields)
    }

    pub(super) fn into_domain(self, table: &Table) -> Result<Record, AppError> {
        Ok(Record {
            id: RecordId::new(identifier("records.id", &self.id)?),
            revision: self.revision,
            created_at: loaded(self.created_at),
            updated_at: loaded(self.updated_at),
            values: self.values(&table.fields)?,
        })
    }

    pub(super) fn into_trashed(self, table: &Table) -> Result<Trashed<Record>, AppError> {
        let deleted_at = loaded(self.updated_at);
        Ok(Trashed { item: self.into_domain(table)?, deleted_at })
    }

    /// The latest revision of the record.
    pub(super) fn into_revision(self, table: &Table) -> Result<Revision, AppError> {
        let values = self.values(&table.fields)?;
        let lost = content::lost("records.content", &self.content, &table.fields)?;
        Ok(Revision {
            number: self.revision,
            kind: word("records.kind", &self.kind)?,
            at: loaded(self.updated_at),
            by: self.author,
            request_id: self.request_id,
            values,
            lost,
        })
    }

    /// What the record is after one more revision, with that content.
    pub(super) fn rewritten(&self, writing: &Writing, content: String) -> Self {
        Self {
            id: self.id.clone(),
            revision: self.revision + 1,
            kind: writing.kind.as_str().to_owned(),
            author: writing.by.actor.name().to_owned(),
            request_id: writing.by.origin.request_id.clone(),
            created_at: self.created_at,
            updated_at: stored(writing.at),
            content,
            creator: self.creator,
        }
    }

    /// Whether the record is there for who opened the table.
    pub(super) fn is_shown(&self, table: &Table) -> bool {
        match table.reach() {
            Reach::Nothing => false,
            Reach::Own(user) => self.creator == Some(user.get()),
            Reach::All => true,
        }
    }
}

/// What a record was.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = record_revisions)]
pub(super) struct RevisionRow {
    revision: i32,
    kind: String,
    author: String,
    request_id: Option<String>,
    written_at: NaiveDateTime,
    content: String,
}

impl RevisionRow {
    pub(super) fn into_domain(self, table: &Table) -> Result<Revision, AppError> {
        Ok(Revision {
            number: self.revision,
            kind: word("record_revisions.kind", &self.kind)?,
            at: loaded(self.written_at),
            by: self.author,
            request_id: self.request_id,
            values: content::values("record_revisions.content", &self.content, &table.fields)?,
            lost: content::lost("record_revisions.content", &self.content, &table.fields)?,
        })
    }
}

/// A time as it will be read again.
pub(super) fn kept(at: DateTime<Utc>) -> DateTime<Utc> {
    loaded(stored(at))
}
