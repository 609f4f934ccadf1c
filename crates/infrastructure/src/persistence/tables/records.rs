//! Reading records.

use std::collections::HashMap;

use atalaya_application::AppError;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::tables::{Listed, RecordMark, RecordReader, RecordSlice, Taken, Total};
use atalaya_application::ports::trash::Trashed;
use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Field, FieldNumber, Record, RecordQuery, Revision, Table, UniqueSet, Value, Values};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::conditions::{Place, reached_in_trash};
use super::entities::live_entity;
use super::index::values_of;
use super::order::{Order, Part};
use super::revisions::{
    RecordRow, RevisionRow, deleted, deleted_columns, deleted_of, past_of, record, record_columns, records_of,
};
use super::rows::entity_id;
use super::search::Search;
use super::sort_key::sort_key;
use super::through::mark;
use super::wanted::Wanted;
use super::{Id, bytes, identifier};
use crate::persistence::error::Expecting;
use crate::persistence::rows::{count, stored};
use crate::persistence::schema::{deleted_records, entities, record_revisions, record_values, records};
use crate::persistence::store::Tenant;

/// Records that one statement asks about, below the 32,766 parameters of SQLite.
const IDS_AT_ONCE: usize = 10_000;
/// How many records that a filter means are counted.
const COUNTED: i64 = Total::COUNTED.cast_signed();

impl Tenant<'_, '_> {
    /// The records of these ids, whoever may see them.
    pub(super) fn rows_by_id(&mut self, entity: EntityId, ids: &[Id]) -> Result<HashMap<Id, RecordRow>, AppError> {
        let company = self.scope.company();
        let mut rows: HashMap<Id, RecordRow> = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(IDS_AT_ONCE) {
            let found: Vec<RecordRow> = records_of(company, entity)
                .filter(records::id.eq_any(ids))
                .select(record_columns())
                .load(self.conn())
                .or_fault()?;
            rows.extend(found.into_iter().map(|row| (row.id.clone(), row)));
        }
        Ok(rows)
    }

    /// The records of these ids that are there for who opened the table, in the order of the ids.
    pub(super) fn records_by_id(&mut self, table: &Table, ids: &[Id]) -> Result<Vec<Record>, AppError> {
        let mut rows = self.rows_by_id(table.entity.id, ids)?;
        let shown = ids.iter().filter_map(|id| rows.remove(id)).filter(|row| row.is_shown(table));
        shown.map(|row| row.into_domain(table)).collect()
    }

    /// The present state of a record that is there for who opened the table, also of one in the trash.
    fn present(&mut self, table: &Table, id: RecordId) -> Result<Option<RecordRow>, AppError> {
        let (company, entity) = (self.scope.company(), table.entity.id);
        let live = record(company, entity, id).select(record_columns()).first(self.conn()).optional().or_fault()?;
        let found: Option<RecordRow> = match live {
            Some(row) => Some(row),
            None => deleted(company, entity, id).select(deleted_columns()).first(self.conn()).optional().or_fault()?,
        };
        Ok(found.filter(|row| row.is_shown(table)))
    }
}

impl RecordReader for Tenant<'_, '_> {
    fn find(&mut self, table: &Table, id: RecordId) -> Result<Option<Record>, AppError> {
        let found: Option<RecordRow> = record(self.scope.company(), table.entity.id, id)
            .select(record_columns())
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.filter(|row| row.is_shown(table)).map(|row| row.into_domain(table)).transpose()
    }

    fn find_all(&mut self, table: &Table, ids: &[RecordId]) -> Result<Vec<Record>, AppError> {
        let ids: Vec<Id> = ids.iter().map(|id| bytes(id.get())).collect();
        self.records_by_id(table, &ids)
    }

    fn find_in(&mut self, wanted: &[(&Table, Vec<RecordId>)]) -> Result<Vec<(EntityId, Record)>, AppError> {
        let of_entities: Vec<Id> = wanted.iter().map(|(table, _)| bytes(table.entity.id.get())).collect();
        let ids: Vec<Id> = wanted.iter().flat_map(|(_, ids)| ids).map(|id| bytes(id.get())).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<(Id, RecordRow)> = self
            .own::<records::table>()
            .filter(records::entity_id.eq_any(of_entities))
            .filter(records::id.eq_any(ids))
            .select((records::entity_id, record_columns()))
            .load(self.conn())
            .or_fault()?;
        let mut found = Vec::with_capacity(rows.len());
        for (entity, row) in rows {
            let entity = entity_id("records.entity_id", &entity)?;
            let Some((table, ids)) = wanted.iter().find(|(table, _)| table.entity.id == entity) else { continue };
            if !row.is_shown(table) {
                continue;
            }
            let record = row.into_domain(table)?;
            if ids.contains(&record.id) {
                found.push((entity, record));
            }
        }
        Ok(found)
    }

    fn with_unique(&mut self, table: &Table, field: &Field, values: &[Value]) -> Result<Vec<Record>, AppError> {
        let ids = self.unique_holders(table.entity.id, field.number, values)?;
        self.records_by_id(table, &ids)
    }

    fn taken(&mut self, table: &Table, wanted: &[(RecordId, &Values)]) -> Result<Vec<Taken>, AppError> {
        self.taken_values(table, wanted)
    }

    fn list(&mut self, table: &Table, query: &RecordQuery, slice: &RecordSlice) -> Result<Vec<Record>, AppError> {
        let place = Place { company: self.scope.company(), entity: table.entity.id };
        let search = Search { place, wanted: Wanted::of(table, query), order: Order::of(table, query) };
        let ids = self.search(&search, &Part::from(slice))?;
        self.records_by_id(table, &ids)
    }

    fn list_behind(
        &mut self,
        table: &Table,
        query: &RecordQuery,
        mark: &RecordMark,
        limit: u32,
    ) -> Result<Vec<Record>, AppError> {
        let place = Place { company: self.scope.company(), entity: table.entity.id };
        let search = Search { place, wanted: Wanted::of(table, query), order: Order::of(table, query) };
        let ids = self.search_behind(&search, mark, limit.into())?;
        self.records_by_id(table, &ids)
    }

    fn mark(&self, table: &Table, query: &RecordQuery, last: &Record, given: u64) -> RecordMark {
        mark(table, query, last, given)
    }

    fn walk(
        &mut self,
        table: &Table,
        query: &RecordQuery,
        request: &PageRequest<RecordMark>,
    ) -> Result<Page<Record, RecordMark>, AppError> {
        self.walk_on(table, query, request)
    }

    fn count(&mut self, table: &Table, query: &RecordQuery) -> Result<Total, AppError> {
        let place = Place { company: self.scope.company(), entity: table.entity.id };
        let wanted = Wanted::of(table, query);
        let number = count("records", self.count_wanted(place, &wanted, COUNTED + 1)?)?;
        let exact = wanted.is_everything() || number <= Total::COUNTED;
        Ok(Total { count: if exact { number } else { Total::COUNTED }, exact })
    }

    fn existing(&mut self, table: &Table, ids: &[RecordId]) -> Result<Vec<RecordId>, AppError> {
        let (company, entity) = (self.scope.company(), table.entity.id);
        let shown = Place { company, entity }.on_records(&Wanted::of(table, &RecordQuery::everything()));
        let mut found: Vec<Vec<u8>> = Vec::new();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let rows: Vec<Vec<u8>> = records_of(company, entity)
                .filter(records::id.eq_any(ids.iter().map(|id| bytes(id.get())).collect::<Vec<_>>()))
                .filter(records::entity_id.eq_any(live_entity(company, entity).select(entities::id)))
                .filter(&shown)
                .order(records::id)
                .select(records::id)
                .load(self.conn())
                .or_fault()?;
            found.extend(rows);
        }
        found.iter().map(|id| identifier("records.id", id).map(RecordId::new)).collect()
    }

    fn repeated(&mut self, entity: EntityId, field: FieldNumber, limit: u32) -> Result<Listed<RecordId>, AppError> {
        self.repeated_values(entity, field, limit)
    }

    fn repeated_together(&mut self, table: &Table, set: &UniqueSet, limit: u32) -> Result<Listed<RecordId>, AppError> {
        self.repeated_in(table, set, limit)
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
            .filter(record_values::entity.eq_any(live_entity(company, source).select(entities::number)))
            .order(record_values::record_id)
            .limit(i64::from(limit))
            .select(record_values::record_id)
            .load(self.conn())
            .or_fault()?;
        rows.iter().map(|id| identifier("record_values.record_id", id).map(RecordId::new)).collect()
    }

    fn revisions(
        &mut self,
        table: &Table,
        id: RecordId,
        slice: &RecordSlice,
    ) -> Result<Option<Listed<Revision>>, AppError> {
        let Some(present) = self.present(table, id)? else { return Ok(None) };
        // Every number up to that of the present state is there once.
        let latest = i64::from(present.revision);
        let part = Part::from(slice);
        let first = latest.saturating_sub(part.offset);
        let behind = first.saturating_sub(part.limit);
        let earlier: Vec<RevisionRow> = past_of(self.scope.company(), table.entity.id, id)
            .filter(record_revisions::revision.le(i32::try_from(first).unwrap_or(0)))
            .filter(record_revisions::revision.gt(i32::try_from(behind).unwrap_or(0)))
            .order(record_revisions::revision.desc())
            .select(RevisionRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let total = count("records.revision", latest)?;
        let is_first = part.offset == 0 && part.limit > 0;
        let shown = is_first.then(|| present.into_revision(table)).into_iter();
        let items = shown.chain(earlier.into_iter().map(|row| row.into_domain(table))).collect::<Result<_, _>>()?;
        Ok(Some(Listed { items, total }))
    }

    fn revision(&mut self, table: &Table, id: RecordId, number: i32) -> Result<Option<Revision>, AppError> {
        match self.present(table, id)? {
            None => Ok(None),
            Some(present) if present.revision == number => present.into_revision(table).map(Some),
            Some(_) => {
                let earlier: Option<RevisionRow> = past_of(self.scope.company(), table.entity.id, id)
                    .filter(record_revisions::revision.eq(number))
                    .select(RevisionRow::as_select())
                    .first(self.conn())
                    .optional()
                    .or_fault()?;
                earlier.map(|row| row.into_domain(table)).transpose()
            }
        }
    }

    fn trash(
        &mut self,
        table: &Table,
        since: DateTime<Utc>,
        slice: &RecordSlice,
    ) -> Result<Listed<Trashed<Record>>, AppError> {
        let part = Part::from(slice);
        let company = self.scope.company();
        let kept = || {
            let since = deleted_records::updated_at.ge(stored(since));
            deleted_of(company, table.entity.id).filter(since).filter(reached_in_trash(table.reach()))
        };
        let total: i64 = kept().count().get_result(self.conn()).or_fault()?;
        let rows: Vec<RecordRow> = kept()
            .order((deleted_records::updated_at.desc(), deleted_records::id.desc()))
            .offset(part.offset)
            .limit(part.limit)
            .select(deleted_columns())
            .load(self.conn())
            .or_fault()?;
        let items = rows.into_iter().map(|row| row.into_trashed(table)).collect::<Result<_, _>>()?;
        Ok(Listed { items, total: count("deleted_records", total)? })
    }

    fn trashed(&mut self, table: &Table, id: RecordId, since: DateTime<Utc>) -> Result<Option<Record>, AppError> {
        let found: Option<RecordRow> = deleted(self.scope.company(), table.entity.id, id)
            .filter(deleted_records::updated_at.ge(stored(since)))
            .select(deleted_columns())
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.filter(|row| row.is_shown(table)).map(|row| row.into_domain(table)).transpose()
    }
}
