//! Writing records.

use atalaya_application::AppError;
use atalaya_application::error::Resource;
use atalaya_application::ports::tables::{RecordWriter, Writing};
use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{FieldNumber, Record, Table, Values};
use diesel::prelude::*;

use super::bulk::{Common, FIRST_REVISION, NewRecord, insert_records};
use super::index::{IndexChange, IndexRows};
use super::revisions::{RecordRow, deleted, deleted_columns, kept, records_of};
use super::rewriting::{change_records, insert_deleted, insert_revisions};
use super::{Id, bytes, content};
use crate::persistence::error::Expecting;
use crate::persistence::schema::records;
use crate::persistence::store::Tenant;

impl Tenant<'_, '_> {
    /// Records as they are stored, in the order of `current`, when they still are as that says.
    fn unchanged<'r>(
        &mut self,
        entity: EntityId,
        current: impl Iterator<Item = &'r Record> + Clone,
    ) -> Result<Vec<RecordRow>, AppError> {
        let ids: Vec<Id> = current.clone().map(|record| bytes(record.id.get())).collect();
        let mut rows = self.rows_by_id(entity, &ids)?;
        let row = |(id, record): (&Id, &Record)| {
            rows.remove(id).filter(|row| row.revision == record.revision).ok_or(AppError::PreconditionFailed)
        };
        ids.iter().zip(current).map(row).collect()
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
        let common = Common::from(writing);
        let mut index = IndexRows::default();
        for (id, values) in new {
            index.add_all(table, *id, values);
            index.add_creator(table, *id, common.creator);
        }
        let rows: Vec<NewRecord> = new.iter().map(|(id, values)| (bytes(id.get()), content::written(values))).collect();
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

    fn change_all(
        &mut self,
        table: &Table,
        changes: &[(Record, Values)],
        writing: &Writing,
    ) -> Result<Vec<Record>, AppError> {
        let (company, entity, common) = (self.scope.company(), table.entity.id, Common::from(writing));
        let before = self.unchanged(entity, changes.iter().map(|(record, _)| record))?;
        let rewritten = |(row, (_, values)): (&RecordRow, &(Record, Values))| {
            Ok(row.rewritten(writing, content::merged("records.content", &row.content, table, values)?))
        };
        let after = before.iter().zip(changes).map(rewritten).collect::<Result<Vec<_>, AppError>>()?;
        insert_revisions(self.conn(), company, entity, &before).or_contended()?;
        if change_records(self.conn(), company, entity, &common, &after).or_fault()? < after.len() {
            return Err(AppError::PreconditionFailed);
        }
        let held = before.iter().map(|row| row.values(&table.fields)).collect::<Result<Vec<_>, _>>()?;
        let index: Vec<IndexChange<'_>> = changes
            .iter()
            .zip(&held)
            .map(|((record, after), before)| IndexChange { record: record.id, before, after })
            .collect();
        self.change_index(table, &index)?;
        after.into_iter().map(|row| row.into_domain(table)).collect()
    }

    fn delete_all(&mut self, table: &Table, records: &[Record], writing: &Writing) -> Result<(), AppError> {
        let (company, entity, common) = (self.scope.company(), table.entity.id, Common::from(writing));
        let before = self.unchanged(entity, records.iter())?;
        let after: Vec<RecordRow> = before.iter().map(|row| row.rewritten(writing, row.content.clone())).collect();
        insert_revisions(self.conn(), company, entity, &before).or_contended()?;
        let ids: Vec<Id> = before.into_iter().map(|row| row.id).collect();
        self.forget_records(entity, &ids)?;
        let deleted = diesel::delete(records_of(company, entity))
            .filter(records::id.eq_any(&ids))
            .execute(self.conn())
            .or_fault()?;
        if deleted < ids.len() {
            return Err(AppError::PreconditionFailed);
        }
        insert_deleted(self.conn(), company, entity, &common, &after).or_fault()
    }

    fn restore(&mut self, table: &Table, id: RecordId, writing: &Writing) -> Result<Record, AppError> {
        let (company, entity) = (self.scope.company(), table.entity.id);
        let found: Option<RecordRow> =
            deleted(company, entity, id).select(deleted_columns()).first(self.conn()).optional().or_fault()?;
        let before = found.filter(|row| row.is_shown(table)).ok_or(AppError::NotFound(Resource::Record))?;
        // The index does not know what was converted of it, so it is converted again.
        let converted: Vec<FieldNumber> = table.fields.iter().filter_map(|field| field.retyping).collect();
        let content = content::without("deleted_records.content", &before.content, &converted)?;
        let after = before.rewritten(writing, content);
        insert_revisions(self.conn(), company, entity, std::slice::from_ref(&before)).or_contended()?;
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
                records::creator.eq(after.creator),
            ))
            .execute(self.conn())
            .or_fault()?;
        let mut index = IndexRows::default();
        index.add_all(table, id, &after.values(&table.fields)?);
        index.add_creator(table, id, after.creator);
        self.store_index(entity, &mut index)?;
        after.into_domain(table)
    }
}
