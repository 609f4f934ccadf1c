//! Which records a query means, and in which order.
//!
//! With a million records, the way to them decides whether a page takes milliseconds or seconds, and neither database
//! knows enough about the values of one field to choose it. So it is chosen here: where few records can be meant, those
//! are looked at; otherwise the order is gone through until the page is full; and where that takes too long, whatever
//! holds the fewest records is gone through instead.

use atalaya_application::AppError;
use diesel::prelude::*;

use super::Id;
use super::conditions::{Place, column, with_held};
use super::index::values_of;
use super::order::{Order, Part, Step};
use super::wanted::{Held, Wanted};
use crate::persistence::error::Expecting;
use crate::persistence::schema::record_values;
use crate::persistence::store::Tenant;

/// The most records that are looked at one by one: some milliseconds.
pub(super) const FEW: usize = 2_000;
/// So many records of an order are gone through before another way is looked for.
const WINDOW: i64 = 10_000;
/// Of more records than this none is looked up by itself: all are gone through.
const MANY: i64 = 200_000;

/// What is searched for.
pub(super) struct Search {
    pub(super) place: Place,
    pub(super) wanted: Wanted,
    pub(super) order: Order,
}

impl Search {
    /// The same, of less.
    fn within(&self, wanted: Wanted, steps: &[Step]) -> Self {
        let both = Wanted::All(self.wanted.parts().iter().cloned().chain([wanted]).collect());
        let order = Order { steps: steps.to_vec(), newest_first: self.order.newest_first };
        Self { place: self.place, wanted: both, order }
    }
}

impl Tenant<'_, '_> {
    /// The records of a part of what is searched for.
    pub(super) fn search(&mut self, search: &Search, part: &Part) -> Result<Vec<Id>, AppError> {
        if search.wanted.is_nothing() || part.limit == 0 {
            return Ok(Vec::new());
        }
        let goes_along = |step: &Step| search.wanted.is_span_of(step.field);
        if search.wanted.is_everything() || search.order.steps.first().is_some_and(goes_along) {
            return self.in_order(search, part);
        }
        if let Some(few) = self.few(search.place, &search.wanted, Held::is_found_by_key)? {
            return self.among(search, &few, part);
        }
        if let Some(page) = self.at_the_start(search, part)? {
            return Ok(page);
        }
        if search.wanted.has_pattern()
            && let Some(few) = self.few(search.place, &search.wanted, |_| true)?
        {
            return self.among(search, &few, part);
        }
        match self.fewest(search.place, &search.wanted)? {
            Some((held, rest)) => self.driven(search, &held, &rest, part),
            None => self.in_order(search, part),
        }
    }

    /// Whatever is wanted that few records have, as their ids, where those that `may` be gone through show it.
    pub(super) fn few(
        &mut self,
        place: Place,
        wanted: &Wanted,
        may: fn(&Held) -> bool,
    ) -> Result<Option<Vec<Id>>, AppError> {
        match wanted {
            Wanted::Has(held) if may(held) => {
                let ids = self.holders(place, held)?;
                Ok((ids.len() <= FEW).then_some(ids))
            }
            Wanted::Has(_) | Wanted::Lacks(_) | Wanted::Below(_) | Wanted::Above(_) => Ok(None),
            Wanted::All(parts) => {
                for part in parts {
                    if let Some(few) = self.few(place, part, may)? {
                        return Ok(Some(few));
                    }
                }
                Ok(None)
            }
            Wanted::Any(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    let Some(few) = self.few(place, part, may)? else { return Ok(None) };
                    all.extend(few);
                }
                all.sort_unstable();
                all.dedup();
                Ok((all.len() <= FEW).then_some(all))
            }
        }
    }

    /// Records with such a value: all of them, or one more than a few.
    fn holders(&mut self, place: Place, held: &Held) -> Result<Vec<Id>, AppError> {
        let limit = i64::try_from(FEW + 1).map_err(AppError::internal)? * held.most_of_a_record();
        let values = values_of(place.company, place.entity);
        let mut ids: Vec<Id> = with_held!(held, values, column, |rows| rows
            .select(record_values::record_id)
            .limit(limit)
            .load(self.conn()))
        .or_fault()?;
        if held.most_of_a_record() > 1 {
            ids.sort_unstable();
            ids.dedup();
        }
        Ok(ids)
    }

    /// Of what has to hold together, what the fewest records do, when that is worth it; and the rest.
    pub(super) fn fewest(&mut self, place: Place, wanted: &Wanted) -> Result<Option<(Held, Wanted)>, AppError> {
        let parts = wanted.parts();
        let mut fewest: Option<(i64, usize, &Held)> = None;
        for (at, part) in parts.iter().enumerate() {
            let Wanted::Has(held) = part else { continue };
            if held.is_found_by_key() {
                let limit = fewest.map_or(MANY, |(number, ..)| number);
                let number = self.count_holders(place, held, limit)?;
                if number < limit {
                    fewest = Some((number, at, held));
                }
            }
        }
        let rest =
            |at: usize| parts.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, part)| part.clone());
        Ok(fewest.map(|(_, at, held)| (held.clone(), Wanted::All(rest(at).collect()))))
    }

    /// How many records have such a value, counted up to a limit.
    pub(super) fn count_holders(&mut self, place: Place, held: &Held, limit: i64) -> Result<i64, AppError> {
        let values = values_of(place.company, place.entity);
        let of_a_record = held.most_of_a_record();
        if of_a_record == 1 {
            return with_held!(held, values, column, |rows| self
                .counted(rows.select(record_values::field).limit(limit)));
        }
        let limit_of_values = limit.saturating_mul(of_a_record);
        let records = with_held!(held, values, column, |rows| self
            .counted_records(rows.select(record_values::record_id).limit(limit_of_values)))?;
        Ok(records.min(limit))
    }

    /// The page, where it lies so near the start of the order that going there is worth it.
    fn at_the_start(&mut self, search: &Search, part: &Part) -> Result<Option<Vec<Id>>, AppError> {
        let window = WINDOW.saturating_add(part.offset).saturating_add(part.limit);
        match search.order.steps.split_first() {
            None => self.walk_records(search, part, Some(window)),
            Some((first, _)) => {
                let page = self.walk_values(search, *first, part, Some(window))?;
                page.map(|page| self.ordered_further(search, part, page)).transpose()
            }
        }
    }

    /// The page, found by going through the order.
    fn in_order(&mut self, search: &Search, part: &Part) -> Result<Vec<Id>, AppError> {
        let Some((first, further)) = search.order.steps.split_first() else {
            return Ok(self.walk_records(search, part, None)?.unwrap_or_default());
        };
        let page = self.walk_values(search, *first, part, None)?.unwrap_or_default();
        let found = i64::try_from(page.len()).map_err(AppError::internal)?;
        let mut ids = self.ordered_further(search, part, page)?;
        if found < part.limit && !search.wanted.needs(first.field) {
            ids.extend(self.without(search, *first, further, part, found)?);
        }
        Ok(ids)
    }

    /// What comes last in an order: records without a value of its first field, of which `found` were on the page.
    fn without(
        &mut self,
        search: &Search,
        first: Step,
        further: &[Step],
        part: &Part,
        found: i64,
    ) -> Result<Vec<Id>, AppError> {
        let something = Held::Something(first.field);
        let before = if found > 0 || part.offset == 0 {
            part.offset + found
        } else {
            let present = search.within(Wanted::Has(something.clone()), &[]);
            self.count_wanted(present.place, &present.wanted, i64::MAX)?
        };
        let rest = Part { offset: (part.offset - before).max(0), limit: part.limit - found };
        self.search(&search.within(Wanted::Lacks(something), further), &rest)
    }

    /// A page that is sorted by the first step and the id in its direction, sorted as the whole order says. Of its
    /// first and last key there may be more records than are on the page, so these are searched for; all others are on
    /// it.
    fn ordered_further(&mut self, search: &Search, part: &Part, page: Vec<(Vec<u8>, Id)>) -> Result<Vec<Id>, AppError> {
        let [first, further @ ..] = search.order.steps.as_slice() else { return Ok(Vec::new()) };
        if further.is_empty() && search.order.newest_first == first.descending {
            return Ok(page.into_iter().map(|(_, id)| id).collect());
        }
        let (Some((first_key, _)), Some((last_key, _))) = (page.first().cloned(), page.last().cloned()) else {
            return Ok(Vec::new());
        };
        let number = |key: &[u8]| i64::try_from(page.iter().filter(|(other, _)| other == key).count());
        let of_key = |key: &[u8]| search.within(Wanted::Has(Held::Keys(first.field, vec![key.to_vec()])), further);
        let before = if part.offset == 0 { 0 } else { self.count_before(search, *first, &first_key)? };
        let at_first = Part { offset: part.offset - before, limit: number(&first_key).map_err(AppError::internal)? };
        let mut ids = self.search(&of_key(&first_key), &at_first)?;
        if first_key != last_key {
            let between: Vec<Id> = page
                .iter()
                .filter(|(key, _)| *key != first_key && *key != last_key)
                .map(|(_, id)| id.clone())
                .collect();
            let whole = Part { offset: 0, limit: i64::try_from(between.len()).map_err(AppError::internal)? };
            ids.extend(self.among(search, &between, &whole)?);
            let at_last = Part { offset: 0, limit: number(&last_key).map_err(AppError::internal)? };
            ids.extend(self.search(&of_key(&last_key), &at_last)?);
        }
        Ok(ids)
    }

    /// How many records come before a key of a step.
    fn count_before(&mut self, search: &Search, step: Step, key: &[u8]) -> Result<i64, AppError> {
        let mut behind = key.to_vec();
        behind.push(0);
        let before = if step.descending {
            Held::Span(step.field, behind, None)
        } else {
            Held::Span(step.field, Vec::new(), Some(key.to_vec()))
        };
        let before = search.within(Wanted::Has(before), &[]);
        self.count_wanted(before.place, &before.wanted, i64::MAX)
    }
}
