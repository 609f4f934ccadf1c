//! Reading records.

use atalaya_application::AppError;
use atalaya_application::ports::tables::{RecordReader, RecordSlice, Total, Trashed};
use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Field, Record, RecordQuery, Revision, Table, Value};
use diesel::prelude::*;

use super::entities::live_entity;
use super::index::values_of;
use super::revisions::{
    RecordRow, RevisionRow, deleted, deleted_columns, deleted_of, record, record_columns, records_of,
};
use super::sort_key::sort_key;
use super::{bytes, identifier};
use crate::persistence::error::Expecting;
use crate::persistence::rows::count;
use crate::persistence::schema::{deleted_records, entities, record_revisions, record_values, records};
use crate::persistence::store::Tenant;

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

impl RecordReader for Tenant<'_, '_> {
    fn find(&mut self, table: &Table, id: RecordId) -> Result<Option<Record>, AppError> {
        let found: Option<RecordRow> = record(self.scope.company(), table.entity.id, id)
            .select(record_columns())
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.map(|row| row.into_domain(table)).transpose()
    }

    fn list(&mut self, table: &Table, _query: &RecordQuery, slice: &RecordSlice) -> Result<Vec<Record>, AppError> {
        let part = Part::from(slice);
        let rows: Vec<RecordRow> = records_of(self.scope.company(), table.entity.id)
            .order(records::id.desc())
            .offset(part.offset)
            .limit(part.limit)
            .select(record_columns())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(|row| row.into_domain(table)).collect()
    }

    fn count(&mut self, table: &Table, _query: &RecordQuery) -> Result<Total, AppError> {
        let number: i64 =
            records_of(self.scope.company(), table.entity.id).count().get_result(self.conn()).or_fault()?;
        Ok(Total { count: count("records", number)?, exact: true })
    }

    fn existing(&mut self, entity: EntityId, ids: &[RecordId]) -> Result<Vec<RecordId>, AppError> {
        let company = self.scope.company();
        let mut found: Vec<Vec<u8>> = Vec::new();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let rows: Vec<Vec<u8>> = records_of(company, entity)
                .filter(records::id.eq_any(ids.iter().map(|id| bytes(id.get())).collect::<Vec<_>>()))
                .filter(records::entity_id.eq_any(live_entity(company, entity).select(entities::id)))
                .order(records::id)
                .select(records::id)
                .load(self.conn())
                .or_fault()?;
            found.extend(rows);
        }
        found.iter().map(|id| identifier("records.id", id).map(RecordId::new)).collect()
    }

    fn pointing(
        &mut self,
        source: EntityId,
        field: &Field,
        target: RecordId,
        limit: u32,
    ) -> Result<Vec<RecordId>, AppError> {
        let company = self.scope.company();
        let rows: Vec<Vec<u8>> = values_of(company, source)
            .filter(record_values::field.eq(field.number.get()))
            .filter(record_values::sort_key.eq(sort_key(&Value::Relation(target))))
            .filter(record_values::entity_id.eq_any(live_entity(company, source).select(entities::id)))
            .order(record_values::record_id)
            .limit(i64::from(limit))
            .select(record_values::record_id)
            .load(self.conn())
            .or_fault()?;
        rows.iter().map(|id| identifier("record_values.record_id", id).map(RecordId::new)).collect()
    }

    fn revisions(&mut self, table: &Table, id: RecordId) -> Result<Vec<Revision>, AppError> {
        let (company, entity) = (self.scope.company(), table.entity.id);
        let mut present: Option<RecordRow> =
            record(company, entity, id).select(record_columns()).first(self.conn()).optional().or_fault()?;
        if present.is_none() {
            present =
                deleted(company, entity, id).select(deleted_columns()).first(self.conn()).optional().or_fault()?;
        }
        let Some(present) = present else { return Ok(Vec::new()) };
        let past: Vec<RevisionRow> = self
            .own::<record_revisions::table>()
            .filter(record_revisions::entity_id.eq(bytes(entity.get())))
            .filter(record_revisions::record_id.eq(bytes(id.get())))
            .order(record_revisions::revision.desc())
            .select(RevisionRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let latest = present.into_revision(table);
        std::iter::once(latest).chain(past.into_iter().map(|row| row.into_domain(table))).collect()
    }

    fn trash(&mut self, table: &Table, slice: &RecordSlice) -> Result<Vec<Trashed<Record>>, AppError> {
        let part = Part::from(slice);
        let rows: Vec<RecordRow> = deleted_of(self.scope.company(), table.entity.id)
            .order((deleted_records::updated_at.desc(), deleted_records::id.desc()))
            .offset(part.offset)
            .limit(part.limit)
            .select(deleted_columns())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(|row| row.into_trashed(table)).collect()
    }

    fn trashed(&mut self, table: &Table, id: RecordId) -> Result<Option<Record>, AppError> {
        let found: Option<RecordRow> = deleted(self.scope.company(), table.entity.id, id)
            .select(deleted_columns())
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.map(|row| row.into_domain(table)).transpose()
    }
}

/// Records that one statement asks about, below the 32,766 parameters of SQLite.
const IDS_AT_ONCE: usize = 10_000;
