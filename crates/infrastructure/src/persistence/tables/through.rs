//! Going on behind a place of a list, however far from its start that is: for pages by cursor and for exports.

use atalaya_application::AppError;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::tables::RecordMark;
use atalaya_domain::tables::{FieldNumber, Record, RecordQuery, Table};
use diesel::prelude::*;

use super::conditions::Place;
use super::order::{Order, Part, Step};
use super::revisions::{RecordRow, record_columns, records_of};
use super::search::Search;
use super::sort_key::sort_key;
use super::wanted::{Held, Wanted, next};
use super::{Id, bytes};
use crate::persistence::connection::MultiBackend;
use crate::persistence::error::Expecting;
use crate::persistence::schema::records;
use crate::persistence::store::Tenant;

/// Where a list goes on behind a record.
pub(super) fn mark(table: &Table, query: &RecordQuery, last: &Record, given: u64) -> RecordMark {
    let key = |step: &Step| last.values.get(&FieldNumber::new(step.field)).map(sort_key);
    let keys = Order::of(table, query).steps.iter().map(key).collect();
    RecordMark { order: query.sort.clone(), keys, after: last.id, given }
}

/// What comes behind a mark, as parts of the list that follow one another, each in an order of its own: first the
/// records that sort as the one of the mark does, by their ids; then, from the last step of the order to its first,
/// those that sort alike up to there and behind it at that step, and those that have no value there.
fn parts_behind(search: &Search, mark: &RecordMark) -> Vec<Search> {
    let Order { steps, newest_first } = &search.order;
    let key = |at: usize| mark.keys.get(at).cloned().flatten();
    let alike = |(at, step): (usize, &Step)| match key(at) {
        Some(key) => Wanted::Has(Held::Span(step.field, key.clone(), Some(next(key)))),
        None => Wanted::Lacks(Held::Something(step.field)),
    };
    let part = |alike_up_to: usize, mut wanted: Vec<Wanted>, from: usize| {
        wanted.extend(steps.iter().enumerate().take(alike_up_to).map(alike));
        let order = Order { steps: steps.get(from..).unwrap_or_default().to_vec(), newest_first: *newest_first };
        Search { place: search.place, wanted: Wanted::All(wanted), order }
    };
    let last = bytes(mark.after.get());
    let by_id = if *newest_first { Wanted::Below(last) } else { Wanted::Above(last) };
    let with = |wanted: Wanted| search.wanted.parts().iter().cloned().chain([wanted]).collect();
    let mut parts = vec![part(steps.len(), with(by_id), steps.len())];
    for (at, step) in steps.iter().enumerate().rev() {
        let Some(key) = key(at) else { continue };
        let (from, until) = if step.descending { (Vec::new(), Some(key)) } else { (next(key), None) };
        parts.push(part(at, search.wanted.within(step.field, from, until), at));
        if !search.wanted.needs(step.field) {
            parts.push(part(at, with(Wanted::Lacks(Held::Something(step.field))), at + 1));
        }
    }
    parts
}

impl Tenant<'_, '_> {
    /// The first records of what is searched for behind a mark.
    pub(super) fn search_behind(
        &mut self,
        search: &Search,
        mark: &RecordMark,
        limit: i64,
    ) -> Result<Vec<Id>, AppError> {
        if search.wanted.is_nothing() {
            return Ok(Vec::new());
        }
        let mut ids: Vec<Id> = Vec::new();
        for part in parts_behind(search, mark) {
            let missing = limit - i64::try_from(ids.len()).map_err(AppError::internal)?;
            if missing <= 0 {
                break;
            }
            ids.extend(self.search(&part, &Part { offset: 0, limit: missing })?);
        }
        Ok(ids)
    }

    /// The next records. Where ids alone are the order, each statement goes on where the last one ended.
    pub(super) fn walk_on(
        &mut self,
        table: &Table,
        query: &RecordQuery,
        request: &PageRequest<RecordMark>,
    ) -> Result<Page<Record, RecordMark>, AppError> {
        let place = Place { company: self.scope.company(), entity: table.entity.id };
        let search = Search { place, wanted: Wanted::of(table, query), order: Order::of(table, query) };
        let given = request.after.as_ref().map_or(0, |mark| mark.given);
        let limit = i64::try_from(request.limit() + 1).map_err(AppError::internal)?;
        let found = if search.wanted.is_nothing() {
            Vec::new()
        } else if search.order.steps.is_empty() {
            self.behind(table, &search, request.after.as_ref(), limit)?
        } else {
            let ids = match &request.after {
                None => self.search(&search, &Part { offset: 0, limit })?,
                Some(mark) => self.search_behind(&search, mark, limit)?,
            };
            self.records_by_id(table, &ids)?
        };
        let on_page = u64::try_from(found.len().min(request.limit())).map_err(AppError::internal)?;
        let mark = |record: &Record| mark(table, query, record, given + on_page);
        Ok(Page::from_rows(found, request, mark))
    }

    /// Records by their ids, behind one of them.
    fn behind(
        &mut self,
        table: &Table,
        search: &Search,
        after: Option<&RecordMark>,
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
