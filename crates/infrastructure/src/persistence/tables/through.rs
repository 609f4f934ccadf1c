//! Going through all records that a query means, for an export.

use atalaya_application::AppError;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::tables::RecordMark;
use atalaya_domain::tables::{Record, RecordQuery, Table};
use diesel::prelude::*;

use super::bytes;
use super::conditions::Place;
use super::order::{Order, Part};
use super::revisions::{RecordRow, record_columns, records_of};
use super::search::Search;
use super::wanted::Wanted;
use crate::persistence::connection::MultiBackend;
use crate::persistence::error::Expecting;
use crate::persistence::schema::records;
use crate::persistence::store::Tenant;

impl Tenant<'_, '_> {
    /// The next records: behind the last id where ids alone are the order, and otherwise by how many came before.
    pub(super) fn walk_on(
        &mut self,
        table: &Table,
        query: &RecordQuery,
        request: &PageRequest<RecordMark>,
    ) -> Result<Page<Record, RecordMark>, AppError> {
        let place = Place { company: self.scope.company(), entity: table.entity.id };
        let search = Search { place, wanted: Wanted::of(table, query), order: Order::of(table, query) };
        let given = request.after.map_or(0, |mark| mark.given);
        let limit = i64::try_from(request.limit() + 1).map_err(AppError::internal)?;
        let found = if search.wanted.is_nothing() {
            Vec::new()
        } else if search.order.steps.is_empty() {
            self.behind(table, &search, request.after, limit)?
        } else {
            let offset = i64::try_from(given).map_err(AppError::internal)?;
            let ids = self.search(&search, &Part { offset, limit })?;
            self.records_by_id(table, &ids)?
        };
        let on_page = u64::try_from(found.len().min(request.limit())).map_err(AppError::internal)?;
        let mark = |record: &Record| RecordMark { after: record.id, given: given + on_page };
        Ok(Page::from_rows(found, request, mark))
    }

    /// Records by their ids, behind one of them.
    fn behind(
        &mut self,
        table: &Table,
        search: &Search,
        after: Option<RecordMark>,
        limit: i64,
    ) -> Result<Vec<Record>, AppError> {
        let Place { company, entity } = search.place;
        let mut query = records_of(company, entity)
            .filter(search.place.on_records(&search.wanted))
            .select(record_columns())
            .limit(limit)
            .into_boxed::<MultiBackend>();
        let newest_first = search.order.newest_first;
        if let Some(mark) = after {
            let last = bytes(mark.after.get());
            query = if newest_first { query.filter(records::id.lt(last)) } else { query.filter(records::id.gt(last)) };
        }
        query = if newest_first { query.order(records::id.desc()) } else { query.order(records::id.asc()) };
        let rows: Vec<RecordRow> = query.load(self.conn()).or_fault()?;
        rows.into_iter().map(|row| row.into_domain(table)).collect()
    }
}
