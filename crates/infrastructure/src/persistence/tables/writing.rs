//! Writing records.

use atalaya_application::AppError;
use atalaya_application::error::Resource;
use atalaya_application::ports::tables::{RecordWriter, Writing};
use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Record, Table, Values};
use diesel::prelude::*;

use super::bulk::{Common, NewRecord, insert_records};
use super::index::IndexRows;
use super::revisions::{RecordRow, deleted, deleted_columns, kept, record, record_columns};
use super::{bytes, content};
use crate::persistence::error::Expecting;
use crate::persistence::rows::stored;
use crate::persistence::schema::{deleted_records, record_revisions, records};
use crate::persistence::store::Tenant;

/// The revision of a new record.
const FIRST_REVISION: i32 = 1;

impl Tenant<'_, '_> {
    /// The record as it is stored, when it still is as `current` says.
    fn unchanged(&mut self, entity: EntityId, current: &Record) -> Result<RecordRow, AppError> {
        let found: Option<RecordRow> = record(self.scope.company(), entity, current.id)
            .filter(records::revision.eq(current.revision))
            .select(record_columns())
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.ok_or(AppError::PreconditionFailed)
    }

    /// Keeps what a record was.
    fn keep_revision(&mut self, entity: EntityId, row: &RecordRow) -> Result<(), AppError> {
        diesel::insert_into(record_revisions::table)
            .values((
                record_revisions::company_id.eq(self.company_id()),
                record_revisions::entity_id.eq(bytes(entity.get())),
                record_revisions::record_id.eq(&row.id),
                record_revisions::revision.eq(row.revision),
                record_revisions::kind.eq(&row.kind),
                record_revisions::author.eq(&row.author),
                record_revisions::request_id.eq(&row.request_id),
                record_revisions::written_at.eq(row.updated_at),
                record_revisions::content.eq(&row.content),
            ))
            .execute(self.conn())
            .or_contended()?;
        Ok(())
    }
}

impl RecordWriter for Tenant<'_, '_> {
    fn insert(
        &mut self,
        table: &Table,
        new: &[(RecordId, Values)],
        writing: &Writing,
    ) -> Result<Vec<Record>, AppError> {
        let entity = table.entity.id;
        let mut index = IndexRows::default();
        for (id, values) in new {
            index.add_all(table, *id, values);
        }
        let rows: Vec<NewRecord> = new.iter().map(|(id, values)| (bytes(id.get()), content::written(values))).collect();
        let common = Common {
            revision: FIRST_REVISION,
            kind: writing.kind.as_str(),
            author: writing.by.actor.name(),
            request_id: writing.by.origin.request_id.as_deref(),
            at: stored(writing.at),
        };
        let company = self.scope.company();
        insert_records(self.conn(), company, entity, &common, &rows).or_fault()?;
        self.store_index(entity, &mut index)?;
        let at = kept(writing.at);
        let record = |(id, values): &(RecordId, Values)| Record {
            id: *id,
            revision: FIRST_REVISION,
            created_at: at,
            updated_at: at,
            values: values.clone(),
        };
        Ok(new.iter().map(record).collect())
    }

    fn change(
        &mut self,
        table: &Table,
        current: &Record,
        values: &Values,
        writing: &Writing,
    ) -> Result<Record, AppError> {
        let entity = table.entity.id;
        let before = self.unchanged(entity, current)?;
        let content = content::merged("records.content", &before.content, table, values)?;
        let after = before.rewritten(writing, content);
        self.keep_revision(entity, &before)?;
        let updated = diesel::update(record(self.scope.company(), entity, current.id))
            .filter(records::revision.eq(current.revision))
            .set((
                records::revision.eq(after.revision),
                records::kind.eq(&after.kind),
                records::author.eq(&after.author),
                records::request_id.eq(&after.request_id),
                records::updated_at.eq(after.updated_at),
                records::content.eq(&after.content),
            ))
            .execute(self.conn())
            .or_fault()?;
        if updated == 0 {
            return Err(AppError::PreconditionFailed);
        }
        self.change_index(table, current.id, &before.values(&table.fields)?, values)?;
        after.into_domain(table)
    }

    fn delete(&mut self, table: &Table, current: &Record, writing: &Writing) -> Result<(), AppError> {
        let entity = table.entity.id;
        let before = self.unchanged(entity, current)?;
        let after = before.rewritten(writing, before.content.clone());
        self.keep_revision(entity, &before)?;
        self.forget_record(entity, current.id)?;
        let deleted = diesel::delete(record(self.scope.company(), entity, current.id))
            .filter(records::revision.eq(current.revision))
            .execute(self.conn())
            .or_fault()?;
        if deleted == 0 {
            return Err(AppError::PreconditionFailed);
        }
        diesel::insert_into(deleted_records::table)
            .values((
                deleted_records::company_id.eq(self.company_id()),
                deleted_records::entity_id.eq(bytes(entity.get())),
                deleted_records::id.eq(after.id),
                deleted_records::revision.eq(after.revision),
                deleted_records::kind.eq(after.kind),
                deleted_records::author.eq(after.author),
                deleted_records::request_id.eq(after.request_id),
                deleted_records::created_at.eq(after.created_at),
                deleted_records::updated_at.eq(after.updated_at),
                deleted_records::content.eq(after.content),
            ))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }

    fn restore(&mut self, table: &Table, id: RecordId, writing: &Writing) -> Result<Record, AppError> {
        let (company, entity) = (self.scope.company(), table.entity.id);
        let found: Option<RecordRow> =
            deleted(company, entity, id).select(deleted_columns()).first(self.conn()).optional().or_fault()?;
        let before = found.ok_or(AppError::NotFound(Resource::Record))?;
        let after = before.rewritten(writing, before.content.clone());
        self.keep_revision(entity, &before)?;
        diesel::delete(deleted(company, entity, id)).execute(self.conn()).or_fault()?;
        diesel::insert_into(records::table)
            .values((
                records::company_id.eq(company.get()),
                records::entity_id.eq(bytes(entity.get())),
                records::id.eq(&after.id),
                records::revision.eq(after.revision),
                records::kind.eq(&after.kind),
                records::author.eq(&after.author),
                records::request_id.eq(&after.request_id),
                records::created_at.eq(after.created_at),
                records::updated_at.eq(after.updated_at),
                records::content.eq(&after.content),
            ))
            .execute(self.conn())
            .or_fault()?;
        let mut index = IndexRows::default();
        index.add_all(table, id, &after.values(&table.fields)?);
        self.store_index(entity, &mut index)?;
        after.into_domain(table)
    }
}
