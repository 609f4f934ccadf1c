//! Totals of records by groups, in exact decimals.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, Days, NaiveDate};
use chrono_tz::Tz;

use super::field::{Field, FieldNumber};
use super::filter::compare;
use super::kind::FieldType;
use super::number::Number;
use super::record::Values;
use super::value::Value;

/// A word that names no unit and no measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such word")]
pub struct UnknownWord;

words! {
    /// The span of days that makes a group.
    CalendarUnit {
        /// A day.
        Day = "day",
        /// Monday to Sunday (ISO 8601).
        Week = "week",
        /// A month of the calendar.
        Month = "month",
    }
}

words! {
    /// What is measured of a group.
    MeasureKind {
        /// How many records, or how many that have a value of the field.
        Count = "count",
        /// The sum of the values.
        Sum = "sum",
        /// The sum by the number of values.
        Mean = "mean",
        /// The smallest value.
        Min = "min",
        /// The largest value.
        Max = "max",
    }
}

/// By what records are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupBy {
    field: FieldNumber,
    unit: Option<CalendarUnit>,
}

/// What is measured of each group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    kind: MeasureKind,
    field: Option<FieldNumber>,
}

/// Why nothing can be grouped or measured so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAggregation {
    /// Fields of that type have none.
    #[error("is not for fields of this type")]
    Type,
    /// It is measured of a field, and none is named.
    #[error("needs a field")]
    FieldMissing,
}

impl GroupBy {
    /// Groups by the values of a field, or by the periods that they lie in.
    ///
    /// # Errors
    /// [`InvalidAggregation::Type`] where the field holds no days and a period is named, and of `JSON`, whose values
    /// have many writings.
    pub fn new(field: &Field, unit: Option<CalendarUnit>) -> Result<Self, InvalidAggregation> {
        let has_days = matches!(field.kind, FieldType::Date | FieldType::DateTime);
        if (unit.is_some() && !has_days) || field.kind == FieldType::Json {
            return Err(InvalidAggregation::Type);
        }
        Ok(Self { field: field.number, unit })
    }

    /// The group of a record: the first day of its period, or the value itself; nothing where it has no value.
    fn key(self, values: &Values, zone: Tz) -> Option<Value> {
        let value = values.get(&self.field)?;
        let Some(unit) = self.unit else { return Some(value.clone()) };
        let day = match value {
            Value::Date(day) => *day,
            Value::DateTime(at) => at.with_timezone(&zone).date_naive(),
            other => return Some(other.clone()),
        };
        Some(Value::Date(unit.first_day(day)))
    }
}

impl CalendarUnit {
    fn first_day(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            // The calendar's first week has no Monday: its first day stands for it.
            Self::Week => {
                day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())).unwrap_or(NaiveDate::MIN)
            }
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }
}

impl Measure {
    /// Measures a field, or counts records where none is named.
    ///
    /// # Errors
    /// [`InvalidAggregation`].
    pub fn new(kind: MeasureKind, field: Option<&Field>) -> Result<Self, InvalidAggregation> {
        let is_number = |field: &Field| matches!(field.kind, FieldType::Number | FieldType::Integer);
        let is_ordered =
            |field: &Field| is_number(field) || matches!(field.kind, FieldType::Date | FieldType::DateTime);
        let suits = match (kind, field) {
            (MeasureKind::Count, _) => true,
            (_, None) => return Err(InvalidAggregation::FieldMissing),
            (MeasureKind::Sum | MeasureKind::Mean, Some(field)) => is_number(field),
            (MeasureKind::Min | MeasureKind::Max, Some(field)) => is_ordered(field),
        };
        if suits { Ok(Self { kind, field: field.map(|field| field.number) }) } else { Err(InvalidAggregation::Type) }
    }
}

/// What is grouped and measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregation {
    /// By what; one group of all records where it is empty.
    pub group_by: Vec<GroupBy>,
    /// What of each group.
    pub measures: Vec<Measure>,
    /// In which zone instants have their days.
    pub zone: Tz,
}

impl Aggregation {
    /// The most fields to group by.
    pub const MOST_GROUP_BY: usize = 3;
    /// The most measures.
    pub const MOST_MEASURES: usize = 10;
    /// The most groups that are kept while records are read.
    pub const MOST_GROUPS: usize = 10_000;
}

/// One group and what was measured of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The value or the first day of the period, for each field that is grouped by.
    pub key: Vec<Option<Value>>,
    /// What was measured, in the order of the measures. Nothing where no record has a value, and where a sum has more
    /// digits than are kept.
    pub measured: Vec<Option<Value>>,
}

/// The values that make a group, in the order in which groups are told: nothing last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key(Vec<Option<Value>>);

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let one_by_one = self.0.iter().zip(&other.0).map(|pair| match pair {
            (Some(one), Some(other)) => {
                // Texts that sort alike are different groups all the same.
                let exactly = one.partial_cmp(other).unwrap_or(Ordering::Equal);
                compare(one, other).unwrap_or(Ordering::Equal).then(exactly)
            }
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (None, None) => Ordering::Equal,
        });
        one_by_one.fold(Ordering::Equal, Ordering::then)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What is known of one measure of one group so far.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tally {
    count: i64,
    /// Nothing once it has more digits than are kept.
    sum: Option<Number>,
    extreme: Option<Value>,
}

impl Tally {
    const EMPTY: Self = Self { count: 0, sum: Some(Number::ZERO), extreme: None };

    fn add(&mut self, kind: MeasureKind, value: &Value) {
        self.count += 1;
        let number = match value {
            Value::Number(number) => Some(*number),
            Value::Integer(number) => Some(Number::whole(*number)),
            _ => None,
        };
        if let Some(number) = number {
            self.sum = self.sum.and_then(|sum| sum.plus(number));
        }
        let wanted = if kind == MeasureKind::Min { Ordering::Less } else { Ordering::Greater };
        if self.extreme.as_ref().is_none_or(|extreme| value.partial_cmp(extreme) == Some(wanted)) {
            self.extreme = Some(value.clone());
        }
    }

    fn measured(self, kind: MeasureKind) -> Option<Value> {
        match kind {
            MeasureKind::Count => Some(Value::Integer(self.count)),
            _ if self.count == 0 => None,
            MeasureKind::Sum => self.sum.map(Value::Number),
            MeasureKind::Mean => self.sum.and_then(|sum| sum.by(self.count)).map(Value::Number),
            MeasureKind::Min | MeasureKind::Max => self.extreme,
        }
    }
}

/// Records make more than [`Aggregation::MOST_GROUPS`] groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {} groups", Aggregation::MOST_GROUPS)]
pub struct TooManyGroups;

/// Groups of the records that were read so far.
#[derive(Debug)]
pub struct Groups<'a> {
    aggregation: &'a Aggregation,
    tallies: BTreeMap<Key, Vec<Tally>>,
}

impl<'a> Groups<'a> {
    /// No records yet.
    #[must_use]
    pub fn new(aggregation: &'a Aggregation) -> Self {
        let mut groups = Self { aggregation, tallies: BTreeMap::new() };
        // All records together are a group also where there are none.
        if aggregation.group_by.is_empty() {
            groups.tallies.insert(Key(Vec::new()), groups.empty());
        }
        groups
    }

    fn empty(&self) -> Vec<Tally> {
        vec![Tally::EMPTY; self.aggregation.measures.len()]
    }

    /// Counts one more record.
    ///
    /// # Errors
    /// [`TooManyGroups`].
    pub fn add(&mut self, values: &Values) -> Result<(), TooManyGroups> {
        let Aggregation { group_by, measures, zone } = self.aggregation;
        let key = Key(group_by.iter().map(|by| by.key(values, *zone)).collect());
        if self.tallies.len() >= Aggregation::MOST_GROUPS && !self.tallies.contains_key(&key) {
            return Err(TooManyGroups);
        }
        let empty = self.empty();
        let tallies = self.tallies.entry(key).or_insert(empty);
        for (measure, tally) in measures.iter().zip(tallies) {
            match measure.field {
                None => tally.count += 1,
                Some(field) => values.get(&field).into_iter().for_each(|value| tally.add(measure.kind, value)),
            }
        }
        Ok(())
    }

    /// Every group, in the order of the values that it is grouped by.
    #[must_use]
    pub fn finish(self) -> Vec<Group> {
        let measures = &self.aggregation.measures;
        let group = |(Key(key), tallies): (Key, Vec<Tally>)| {
            let values = measures.iter().zip(tallies).map(|(measure, tally)| tally.measured(measure.kind));
            Group { key, measured: values.collect() }
        };
        self.tallies.into_iter().map(group).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use chrono::DateTime;

    use super::super::testing::field;
    use super::*;

    const CITY: i32 = 1;
    const SPENT: i32 = 2;
    const DAY: i32 = 3;
    const AT: i32 = 4;

    fn number(text: &str) -> Value {
        Value::Number(Number::parse(text).unwrap())
    }

    fn day(text: &str) -> Value {
        Value::Date(text.parse().unwrap())
    }

    fn values(values: &[(i32, Value)]) -> Values {
        values.iter().map(|(number, value)| (FieldNumber::new(*number), value.clone())).collect()
    }

    fn measured(aggregation: &Aggregation, records: &[Values]) -> Vec<Group> {
        let mut groups = Groups::new(aggregation);
        for record in records {
            groups.add(record).unwrap();
        }
        groups.finish()
    }

    fn measures(kinds: &[(MeasureKind, Option<&Field>)]) -> Vec<Measure> {
        kinds.iter().map(|(kind, field)| Measure::new(*kind, *field).unwrap()).collect()
    }

    #[test]
    fn sums_are_exact_and_records_without_a_value_do_not_count() {
        let spent = field(SPENT, FieldType::Number);
        let kinds = [MeasureKind::Count, MeasureKind::Sum, MeasureKind::Mean, MeasureKind::Min, MeasureKind::Max];
        let kinds: Vec<_> = kinds.into_iter().map(|kind| (kind, Some(&spent))).collect();
        let all = [(MeasureKind::Count, None)].into_iter().chain(kinds).collect::<Vec<_>>();
        let aggregation = Aggregation { group_by: Vec::new(), measures: measures(&all), zone: Tz::UTC };
        let records: Vec<Values> = iter::repeat_n(values(&[(SPENT, number("0.10"))]), 3)
            .chain([values(&[]), values(&[(SPENT, number("-35.01"))])])
            .collect();
        let group = &measured(&aggregation, &records)[0];
        let expected = [
            Value::Integer(5),
            Value::Integer(4),
            number("-34.71"),
            number("-8.6775"),
            number("-35.01"),
            number("0.10"),
        ];
        assert_eq!(group.measured, expected.map(Some));
        let nothing = &measured(&aggregation, &[])[0].measured;
        let zero = Some(Value::Integer(0));
        assert_eq!(nothing, &[zero.clone(), zero, None, None, None, None]);
    }

    #[test]
    fn a_sum_of_more_digits_than_are_kept_is_nothing_rather_than_rounded() {
        let spent = field(SPENT, FieldType::Number);
        let measures = measures(&[(MeasureKind::Sum, Some(&spent))]);
        let aggregation = Aggregation { group_by: Vec::new(), measures, zone: Tz::UTC };
        for (one, other) in
            [("9999999999999999999999999999", "1"), ("1234567890123456789012345678", "0.1"), ("1", "1e-28")]
        {
            let records = [one, other].map(|text| values(&[(SPENT, number(text))]));
            assert_eq!(measured(&aggregation, &records)[0].measured, [None], "{one} + {other}");
        }
    }

    #[test]
    fn groups_are_told_in_the_order_of_their_values_with_nothing_last() {
        let city = field(CITY, FieldType::Text);
        let group_by = vec![GroupBy::new(&city, None).unwrap()];
        let measures = measures(&[(MeasureKind::Count, None)]);
        let aggregation = Aggregation { group_by, measures, zone: Tz::UTC };
        let text = |text: &str| Value::Text(text.to_owned());
        let records = [values(&[]), values(&[(CITY, text("Tacna"))]), values(&[(CITY, text("áncash"))])];
        let keys: Vec<_> = measured(&aggregation, &records).into_iter().flat_map(|group| group.key).collect();
        assert_eq!(keys, [Some(text("áncash")), Some(text("Tacna")), None]);
    }

    #[test]
    fn a_period_begins_on_its_monday_or_first_and_instants_have_the_days_of_the_zone() {
        let (on, at) = (field(DAY, FieldType::Date), field(AT, FieldType::DateTime));
        // Sunday evening in Lima, Monday in UTC.
        let instant: DateTime<chrono::Utc> = "2026-11-30T03:00:00Z".parse().unwrap();
        let record = values(&[(DAY, day("2026-11-29")), (AT, Value::DateTime(instant))]);
        for (field, unit, first) in [
            (&on, CalendarUnit::Day, "2026-11-29"),
            (&on, CalendarUnit::Week, "2026-11-23"),
            (&on, CalendarUnit::Month, "2026-11-01"),
            (&at, CalendarUnit::Day, "2026-11-29"),
            (&at, CalendarUnit::Week, "2026-11-23"),
        ] {
            let group_by = vec![GroupBy::new(field, Some(unit)).unwrap()];
            let aggregation = Aggregation { group_by, measures: Vec::new(), zone: chrono_tz::America::Lima };
            let key = &measured(&aggregation, std::slice::from_ref(&record))[0].key;
            assert_eq!(key, &[Some(day(first))], "{unit}");
        }
    }

    #[test]
    fn what_says_nothing_of_a_type_is_refused() {
        let (city, spent) = (field(CITY, FieldType::Text), field(SPENT, FieldType::Number));
        assert_eq!(GroupBy::new(&spent, Some(CalendarUnit::Day)), Err(InvalidAggregation::Type));
        for kind in [MeasureKind::Sum, MeasureKind::Mean, MeasureKind::Min, MeasureKind::Max] {
            assert_eq!(Measure::new(kind, Some(&city)), Err(InvalidAggregation::Type));
            assert_eq!(Measure::new(kind, None), Err(InvalidAggregation::FieldMissing));
        }
    }

    #[test]
    fn groups_are_bounded() {
        let spent = field(SPENT, FieldType::Integer);
        let group_by = vec![GroupBy::new(&spent, None).unwrap()];
        let aggregation = Aggregation { group_by, measures: Vec::new(), zone: Tz::UTC };
        let mut groups = Groups::new(&aggregation);
        let most = i64::try_from(Aggregation::MOST_GROUPS).unwrap();
        for each in 0..most {
            groups.add(&values(&[(SPENT, Value::Integer(each))])).unwrap();
        }
        assert_eq!(groups.add(&values(&[(SPENT, Value::Integer(most - 1))])), Ok(()));
        assert_eq!(groups.add(&values(&[(SPENT, Value::Integer(most))])), Err(TooManyGroups));
    }
}
