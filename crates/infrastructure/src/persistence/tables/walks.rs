//! The statements of a search: going through an index, or through records that are known.

use atalaya_application::AppError;
use atalaya_domain::id::EntityId;
use diesel::dsl::sum;
use diesel::prelude::*;

use super::conditions::{Place, column, with_held};
use super::index::values_of;
use super::order::{Part, Step};
use super::revisions::records_of;
use super::search::Search;
use super::wanted::{Held, Wanted};
use super::{Id, bytes};
use crate::persistence::connection::MultiBackend;
use crate::persistence::error::Expecting;
use crate::persistence::schema::{record_counts, record_values, records};
use crate::persistence::store::Tenant;

/// A record with the key that it is sorted by.
type Keyed = (Vec<u8>, Id);

/// A boxed query of records or values, sorted by values of fields, those without one last, and by the id.
macro_rules! sorted {
    ($query:expr, $order:expr, $key:expr, $id:expr) => {{
        let mut query = $query;
        for step in &$order.steps {
            query = query.then_order_by($key(step.field).is_null().asc());
            query = if step.descending {
                query.then_order_by($key(step.field).desc())
            } else {
                query.then_order_by($key(step.field).asc())
            };
        }
        if $order.newest_first { query.then_order_by($id.desc()) } else { query.then_order_by($id.asc()) }
    }};
}

impl Tenant<'_, '_> {
    /// Records by their ids, of the first `window` ones where that is said: `None` where these do not fill the part and
    /// there are more.
    pub(super) fn walk_records(
        &mut self,
        search: &Search,
        part: &Part,
        window: Option<i64>,
    ) -> Result<Option<Vec<Id>>, AppError> {
        let Place { company, entity } = search.place;
        let newest_first = search.order.newest_first;
        let mut end: Option<Id> = None;
        if let Some(window) = window {
            let all = records_of(company, entity)
                .filter(search.place.on_records(&search.wanted.of_ids()))
                .select(records::id)
                .offset(window)
                .limit(1);
            let found = if newest_first {
                all.order(records::id.desc()).first(self.conn())
            } else {
                all.order(records::id.asc()).first(self.conn())
            };
            end = found.optional().or_fault()?;
        }
        let mut query = records_of(company, entity)
            .filter(search.place.on_records(&search.wanted))
            .select(records::id)
            .offset(part.offset)
            .limit(part.limit)
            .into_boxed::<MultiBackend>();
        let is_whole = end.is_none();
        query = match (newest_first, end) {
            (true, Some(end)) => query.filter(records::id.ge(end)),
            (false, Some(end)) => query.filter(records::id.le(end)),
            (_, None) => query,
        };
        query = if newest_first { query.order(records::id.desc()) } else { query.order(records::id.asc()) };
        let ids: Vec<Id> = query.load(self.conn()).or_fault()?;
        Ok((is_whole || is_full(&ids, part)).then_some(ids))
    }

    /// Records by a field's values, without those that have none; otherwise as [`Self::walk_records`].
    pub(super) fn walk_values(
        &mut self,
        search: &Search,
        step: Step,
        part: &Part,
        window: Option<i64>,
    ) -> Result<Option<Vec<Keyed>>, AppError> {
        let Place { company, entity } = search.place;
        let (held, rest) = of_field(&search.wanted, step.field);
        let mut end: Option<Keyed> = None;
        if let Some(window) = window {
            let found = with_held!(&held, values_of(company, entity), column, |rows| {
                let all = rows.select((record_values::sort_key, record_values::record_id)).offset(window).limit(1);
                if step.descending {
                    all.order((record_values::sort_key.desc(), record_values::record_id.desc())).first(self.conn())
                } else {
                    all.order((record_values::sort_key.asc(), record_values::record_id.asc())).first(self.conn())
                }
            });
            end = found.optional().or_fault()?;
        }
        let is_whole = end.is_none();
        let found: Vec<Keyed> = with_held!(&held, values_of(company, entity), column, |rows| {
            let mut query = rows
                .filter(search.place.on_values(&rest))
                .select((record_values::sort_key, record_values::record_id))
                .offset(part.offset)
                .limit(part.limit)
                .into_boxed::<MultiBackend>();
            query = match (step.descending, end) {
                (true, Some((key, id))) => query
                    .filter(record_values::sort_key.ge(key.clone()))
                    .filter(record_values::sort_key.gt(key).or(record_values::record_id.ge(id))),
                (false, Some((key, id))) => query
                    .filter(record_values::sort_key.le(key.clone()))
                    .filter(record_values::sort_key.lt(key).or(record_values::record_id.le(id))),
                (_, None) => query,
            };
            query = if step.descending {
                query.order((record_values::sort_key.desc(), record_values::record_id.desc()))
            } else {
                query.order((record_values::sort_key.asc(), record_values::record_id.asc()))
            };
            query.load(self.conn())
        })
        .or_fault()?;
        // What is missing may be among the records without a value.
        let is_all = is_whole && (window.is_none() || search.wanted.needs(step.field));
        Ok((is_all || is_full(&found, part)).then_some(found))
    }

    /// Of these records those that are wanted.
    pub(super) fn among(&mut self, search: &Search, ids: &[Id], part: &Part) -> Result<Vec<Id>, AppError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let Search { place, wanted, order } = search;
        let query = records_of(place.company, place.entity)
            .filter(records::id.eq_any(ids.to_vec()))
            .filter(place.on_records(wanted))
            .select(records::id)
            .offset(part.offset)
            .limit(part.limit)
            .into_boxed::<MultiBackend>();
        sorted!(query, order, |field| place.key_of_record(field), records::id).load(self.conn()).or_fault()
    }

    /// Of the records with such a value those that are wanted besides.
    pub(super) fn driven(
        &mut self,
        search: &Search,
        held: &Held,
        rest: &Wanted,
        part: &Part,
    ) -> Result<Vec<Id>, AppError> {
        let Search { place, order, .. } = search;
        with_held!(held, values_of(place.company, place.entity), column, |rows| {
            let query = rows
                .filter(place.on_values(rest))
                .select(record_values::record_id)
                .offset(part.offset)
                .limit(part.limit)
                .into_boxed::<MultiBackend>();
            sorted!(query, order, |field| place.key_of_value(field), record_values::record_id).load(self.conn())
        })
        .or_fault()
    }

    /// How many records an entity type has.
    fn count_all(&mut self, entity: EntityId) -> Result<i64, AppError> {
        let number: Option<i64> = self
            .own::<record_counts::table>()
            .filter(record_counts::entity_id.eq(bytes(entity.get())))
            .select(sum(record_counts::number))
            .first(self.conn())
            .or_fault()?;
        Ok(number.unwrap_or(0))
    }

    /// How many records are wanted, counted up to a limit.
    pub(super) fn count_wanted(&mut self, place: Place, wanted: &Wanted, limit: i64) -> Result<i64, AppError> {
        if wanted.is_nothing() {
            return Ok(0);
        }
        if wanted.is_everything() {
            return self.count_all(place.entity);
        }
        if let [Wanted::Has(held)] = wanted.parts() {
            return self.count_holders(place, held, limit);
        }
        if let Some(few) = self.few(place, wanted, |_| true)? {
            let among = records_of(place.company, place.entity).filter(records::id.eq_any(few));
            return self.counted(among.filter(place.on_records(wanted)).select(records::revision));
        }
        if let Some((held, rest)) = self.fewest(place, wanted)? {
            let values = values_of(place.company, place.entity);
            return with_held!(&held, values, column, |rows| self
                .counted(rows.filter(place.on_values(&rest)).select(record_values::field).limit(limit)));
        }
        let all = records_of(place.company, place.entity).filter(place.on_records(wanted));
        self.counted(all.select(records::revision).limit(limit))
    }
}

/// Whether a part is full.
fn is_full<T>(found: &[T], part: &Part) -> bool {
    i64::try_from(found.len()).is_ok_and(|number| number >= part.limit)
}

/// What is wanted of a field by its keys, to go through, and the rest of what is wanted.
fn of_field(wanted: &Wanted, field: i32) -> (Held, Wanted) {
    let parts = wanted.parts();
    let at = parts.iter().position(|part| matches!(part, Wanted::Has(held) if held.is_by_key_of(field)));
    let held = match at.and_then(|at| parts.get(at)) {
        Some(Wanted::Has(held)) => held.clone(),
        _ => Held::Something(field),
    };
    let rest = parts.iter().enumerate().filter(|(other, _)| Some(*other) != at).map(|(_, part)| part.clone());
    (held, Wanted::All(rest.collect()))
}
