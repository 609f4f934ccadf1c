//! From records to numbers of days, as they were known at each time.
//!
//! Records are read in the order of their days, a page at a time, and only the sums of one day are held: one for each
//! day on which something of it became known, and no more than a few.

use std::collections::BTreeMap;

use atalaya_domain::account::AccountHandle;
use atalaya_domain::calendar::{end_of_day, start_of_day};
use atalaya_domain::covariate_source::{Aggregate, CovariateSource};
use atalaya_domain::forecast::KnownSince;
use atalaya_domain::tables::{Bound, Field, FieldType, Filter, Record, RecordQuery, Sort, SortBy, Table, Test, Value};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::resolving::all_named;
use crate::error::AppError;
use crate::ports::forecaster::{Covariate, CovariateValue};
use crate::ports::store::ReadView;
use crate::ports::tables::RecordSlice;

/// Records of one page.
const PAGE: u32 = 1_000;
/// Days on which records of one day became known that are told apart.
const MOST_WRITINGS: usize = 16;

/// Which days, of which account.
pub(crate) struct Columns<'a> {
    /// The account that records have to be about, where their table says.
    pub(crate) handle: &'a AccountHandle,
    /// Where days end.
    pub(crate) zone: Tz,
    /// The first day.
    pub(crate) from: NaiveDate,
    /// The last day.
    pub(crate) until: NaiveDate,
}

impl Columns<'_> {
    /// The columns of sources. One whose table or field is gone is left out, and told the log.
    ///
    /// # Errors
    /// Of the database.
    pub(crate) fn read(
        &self,
        view: &mut dyn ReadView,
        sources: &[CovariateSource],
    ) -> Result<Vec<Covariate>, AppError> {
        if sources.is_empty() {
            return Ok(Vec::new());
        }
        // Who may name a table was asked when it was named.
        let tables: Vec<Table> = view.entities().tables()?.into_iter().map(Table::opened_whole).collect();
        let mut columns = Vec::new();
        let named = all_named(&tables, sources);
        for source in sources {
            let table = tables.iter().find(|table| table.entity.id == source.entity);
            let named = named.iter().find(|named| named.source == *source);
            let Some((table, named)) = table.zip(named) else {
                tracing::warn!(event = "covariate_gone", entity.id = %source.entity.get(), "a covariate has no table");
                continue;
            };
            let (values, basis) = self.values(view, table, source)?;
            columns.push(Covariate {
                name: named.name.clone(),
                lag_days: source.lag_days,
                zero_without: source.aggregate.is_zero_without(),
                values,
                basis,
            });
        }
        Ok(columns)
    }

    fn values(
        &self,
        view: &mut dyn ReadView,
        table: &Table,
        source: &CovariateSource,
    ) -> Result<(Vec<CovariateValue>, KnownSince), AppError> {
        let mut basis = KnownSince::Recorded;
        let mut values = Vec::new();
        let Some(date) = table.field(source.date_field) else { return Ok((values, basis)) };
        let (Some(mut from), Some(until)) = (self.first(date), self.beyond(date)) else { return Ok((values, basis)) };
        let declared = source.known_since_field.and_then(|id| table.field(id));
        let mut day: Option<Day> = None;
        // Records of the first date of the page that were read already.
        let mut read: u64 = 0;
        loop {
            let query = self.query(table, source, date, (&from, &until));
            let page = view.records().list(table, &query, &RecordSlice { offset: read, limit: PAGE })?;
            let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            for record in &page {
                let Some(at) = record.values.get(&date.number) else { continue };
                if *at == from {
                    read += 1;
                } else {
                    (from, read) = (at.clone(), 1);
                }
                let Some(number) = self.day_of(at) else { continue };
                if day.as_ref().is_some_and(|day| day.number != number)
                    && let Some(over) = day.take()
                {
                    over.finish(source.aggregate, &mut values);
                }
                let declared = declared.and_then(|field| record.values.get(&field.number));
                let (since, is_declared) = known_since(record, declared, self.zone);
                if is_declared {
                    basis = KnownSince::Declared;
                }
                day.get_or_insert_with(|| Day::new(number)).add(record, since, table, source, self.zone);
            }
            if is_last {
                break;
            }
        }
        if let Some(over) = day {
            over.finish(source.aggregate, &mut values);
        }
        Ok((values, basis))
    }

    /// The records that count, in the order of their days.
    fn query(&self, table: &Table, source: &CovariateSource, date: &Field, span: (&Value, &Value)) -> RecordQuery {
        let within = Test::Within { from: Bound::Inclusive(span.0.clone()), until: Bound::Exclusive(span.1.clone()) };
        let mut filters = vec![Filter::Field(date.number, within)];
        if let Some(account) = source.account_field.and_then(|id| table.field(id)) {
            let handle = self.handle.as_str().to_owned();
            let value = if account.kind == FieldType::Choice { Value::Choice(handle) } else { Value::Text(handle) };
            filters.push(Filter::Field(account.number, Test::OneOf(vec![value])));
        }
        let sort = vec![Sort { by: SortBy::Field(date.number), descending: false }];
        RecordQuery { filter: Filter::All(filters), words: Vec::new(), sort }
    }

    /// The first value of a field that is not before the first day.
    fn first(&self, date: &Field) -> Option<Value> {
        match date.kind {
            FieldType::DateTime => start_of_day(self.from, self.zone).map(Value::DateTime),
            _ => Some(Value::Date(self.from)),
        }
    }

    /// The first value of a field that is after the last day.
    fn beyond(&self, date: &Field) -> Option<Value> {
        match date.kind {
            FieldType::DateTime => end_of_day(self.until, self.zone).map(Value::DateTime),
            _ => self.until.succ_opt().map(Value::Date),
        }
    }

    fn day_of(&self, value: &Value) -> Option<NaiveDate> {
        match value {
            Value::Date(day) => Some(*day),
            Value::DateTime(at) => Some(at.with_timezone(&self.zone).date_naive()),
            _ => None,
        }
    }
}

/// Since when a record is known, and whether that is what its table declares. What is declared counts where it is
/// from before the record was made; else, and where nothing is declared, the record is known since it was written
/// last.
fn known_since(record: &Record, declared: Option<&Value>, zone: Tz) -> (DateTime<Utc>, bool) {
    let declared = match declared {
        Some(Value::Date(day)) => start_of_day(*day, zone),
        Some(Value::DateTime(at)) => Some(*at),
        _ => None,
    };
    match declared {
        Some(declared) if declared <= record.created_at => (declared, true),
        _ => (record.updated_at, false),
    }
}

/// What of one day's records became known on one day.
#[derive(Debug, Clone, Copy)]
struct Written {
    last: DateTime<Utc>,
    sum: f64,
    count: f64,
    most: f64,
    is_true: bool,
}

impl Written {
    /// Nothing, known since the same time.
    fn none(self) -> Self {
        Self { sum: 0.0, count: 0.0, most: f64::NEG_INFINITY, is_true: false, ..self }
    }

    /// Both together.
    fn with(self, other: Self) -> Self {
        Self {
            last: self.last.max(other.last),
            sum: self.sum + other.sum,
            count: self.count + other.count,
            most: self.most.max(other.most),
            is_true: self.is_true || other.is_true,
        }
    }
}

/// The records of one day.
struct Day {
    number: NaiveDate,
    /// By the day on which they became known.
    written: BTreeMap<NaiveDate, Written>,
}

impl Day {
    fn new(number: NaiveDate) -> Self {
        Self { number, written: BTreeMap::new() }
    }

    fn add(&mut self, record: &Record, since: DateTime<Utc>, table: &Table, source: &CovariateSource, zone: Tz) {
        let field = source.value_field.and_then(|id| table.field(id));
        let value = field.and_then(|field| record.values.get(&field.number));
        // Where a field is named, a record without a value says nothing.
        if field.is_some() && value.is_none() {
            return;
        }
        let number = value.map_or(0.0, number);
        let is_true = !matches!(value, Some(Value::Boolean(false)));
        let on = since.with_timezone(&zone).date_naive();
        let own = Written { last: since, sum: number, count: 1.0, most: number, is_true };
        let written = self.written.entry(on).or_insert(own.none());
        *written = written.with(own);
        // What was known first is then taken as known a little later, which proves less and never more.
        if self.written.len() > MOST_WRITINGS
            && let Some((_, first)) = self.written.pop_first()
            && let Some(mut next) = self.written.first_entry()
        {
            let together = first.with(*next.get());
            next.insert(together);
        }
    }

    /// What was known of the day since when, all that was known until then together.
    fn finish(self, aggregate: Aggregate, values: &mut Vec<CovariateValue>) {
        let mut all: Option<Written> = None;
        for written in self.written.into_values() {
            let together = all.map_or(written, |before: Written| before.with(written));
            all = Some(together);
            let value = match aggregate {
                Aggregate::Sum => together.sum,
                Aggregate::Mean => together.sum / together.count,
                Aggregate::Count => together.count,
                Aggregate::Max => together.most,
                Aggregate::Flag => f64::from(u8::from(together.is_true)),
            };
            values.push(CovariateValue { day: self.number, value, known_since: together.last });
        }
    }
}

/// A value as a number; 0 where it is none.
fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.to_string().parse().unwrap_or_default(),
        Value::Integer(number) => number.to_string().parse().unwrap_or_default(),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(day: u32, hour: u32) -> DateTime<Utc> {
        let date = NaiveDate::from_ymd_opt(2026, 5, day).unwrap();
        date.and_hms_opt(hour, 0, 0).unwrap().and_utc()
    }

    fn record(updated_at: DateTime<Utc>) -> Record {
        let id = atalaya_domain::id::RecordId::new("019905d2-6f00-7000-8000-000000000001".parse().unwrap());
        Record { id, revision: 1, created_at: updated_at, updated_at, values: BTreeMap::new() }
    }

    fn known(writings: impl Iterator<Item = DateTime<Utc>>) -> Vec<(f64, DateTime<Utc>)> {
        let id = || atalaya_domain::id::EntityId::new("019905d2-6f00-7000-8000-000000000002".parse().unwrap());
        let field = atalaya_domain::id::FieldId::new("019905d2-6f00-7000-8000-000000000003".parse().unwrap());
        let source = CovariateSource {
            entity: id(),
            date_field: field,
            value_field: None,
            aggregate: Aggregate::Count,
            account_field: None,
            lag_days: 0,
            known_since_field: None,
        };
        let entity = atalaya_domain::tables::Entity {
            id: id(),
            name: atalaya_domain::tables::EntityName::parse("campaign").unwrap(),
            display_name: atalaya_domain::tables::DisplayName::parse("Campañas").unwrap(),
            description: None,
            created_at: instant(1, 0),
            access: atalaya_domain::tables::TableAccess::default(),
            requires_if_match: false,
            unique_together: Vec::new(),
        };
        let table = Table { entity, fields: Vec::new(), opener: atalaya_domain::tables::Opener::Program };
        let mut day = Day::new(NaiveDate::from_ymd_opt(2026, 5, 3).unwrap());
        for at in writings {
            day.add(&record(at), at, &table, &source, chrono_tz::UTC);
        }
        let mut values = Vec::new();
        day.finish(Aggregate::Count, &mut values);
        values.into_iter().map(|value| (value.value, value.known_since)).collect()
    }

    #[test]
    fn what_is_written_of_a_day_on_one_day_is_known_from_its_last_writing_on() {
        let writings = [instant(1, 9), instant(4, 7), instant(1, 11), instant(4, 5)];
        assert_eq!(known(writings.into_iter()), [(2.0, instant(1, 11)), (4.0, instant(4, 7))]);
    }

    #[test]
    fn a_day_that_is_written_of_again_and_again_is_known_no_sooner_than_it_was() {
        let known = known((1..=20).map(|day| instant(day, 0)));
        assert_eq!((known.len(), known[0], known[15]), (16, (5.0, instant(5, 0)), (20.0, instant(20, 0))));
    }

    #[test]
    fn a_declared_day_counts_where_it_is_from_before_the_record() {
        let record = Record { created_at: instant(20, 12), ..record(instant(25, 12)) };
        let known = |declared: Option<&Value>| known_since(&record, declared, chrono_tz::America::Lima);
        let day = |day| Value::Date(NaiveDate::from_ymd_opt(2026, 5, day).unwrap());
        assert_eq!(known(Some(&day(3))), (instant(3, 5), true));
        assert_eq!(known(Some(&day(20))), (instant(20, 5), true));
        assert_eq!(known(Some(&Value::DateTime(instant(3, 9)))), (instant(3, 9), true));
        // From after it was written nobody may tell what was known before.
        for declared in [Some(&day(21)), Some(&Value::DateTime(instant(20, 13))), None] {
            assert_eq!(known(declared), (instant(25, 12), false));
        }
    }
}
