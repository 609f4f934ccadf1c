//! Filters: which records of an entity type are meant, and in which order. What is told here in words of values, the
//! database finds by its index; [`Filter::matches`] says what is right.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};

use super::broken::BrokenRule;
use super::field::{Field, FieldNumber};
use super::judging::date;
use super::kind::FieldType;
use super::record::Values;
use super::value::{Input, Value};
use crate::text::folded;

/// A word that names no operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such operator")]
pub struct UnknownWord;

words! {
    /// How a value is compared.
    Operator {
        /// The same value. Of a text every letter, its case too.
        Eq = "eq",
        /// Another value, or none.
        Ne = "ne",
        /// Larger. Texts compare without regard to letter case and accents.
        Gt = "gt",
        /// Larger or the same.
        Gte = "gte",
        /// Smaller.
        Lt = "lt",
        /// Smaller or the same.
        Lte = "lte",
        /// One of several values.
        In = "in",
        /// Of texts: has this somewhere, without regard to letter case and accents.
        Contains = "contains",
        /// Of texts: begins with this, without regard to letter case and accents.
        Starts = "starts",
        /// `true`: no value; `false`: a value.
        IsNull = "is_null",
        /// From the first to the second, both included.
        Between = "between",
    }
}

/// What a value has to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// One of these.
    OneOf(Vec<Value>),
    /// None of these, or nothing.
    NoneOf(Vec<Value>),
    /// Within bounds.
    Within {
        /// Not smaller.
        from: Bound,
        /// Not larger.
        until: Bound,
    },
    /// A text that has this folded text somewhere.
    Contains(String),
    /// A text that begins with this folded text.
    Starts(String),
    /// Nothing.
    Missing,
    /// Something.
    Present,
    /// Outside of these bounds, or nothing: what `ne` means of a day of instants.
    Outside {
        /// The first that is not meant.
        from: Value,
        /// The first behind it that is meant again.
        until: Value,
    },
}

/// An end of a span of values.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// None.
    Open,
    /// This value is within.
    Inclusive(Value),
    /// This value is the first beyond.
    Exclusive(Value),
}

/// Which records are meant.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Those that every one of these means; all, where there is none.
    All(Vec<Self>),
    /// Those that one of these means; none, where there is none.
    Any(Vec<Self>),
    /// Those whose value passes a test.
    Field(FieldNumber, Test),
}

/// Why a condition is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCondition {
    /// The operator says nothing about values of that type.
    #[error("the operator is not for this type")]
    Operator,
    /// More or fewer values than the operator compares with.
    #[error("the operator takes {0} values")]
    Count(usize),
    /// What it compares with is no value of the field.
    #[error("is no value of the field")]
    Value(BrokenRule),
}

/// How a text compares and sorts: without regard to letter case and accents, by so much of its beginning as an index
/// holds.
#[must_use]
pub fn collated(text: &str) -> String {
    let mut folded = folded(text);
    let mut end = folded.len().min(COLLATED_BYTES);
    while !folded.is_char_boundary(end) {
        end -= 1;
    }
    folded.truncate(end);
    folded
}

/// The most bytes by which texts compare: some lines of people's writing, and well below what PostgreSQL allows in an
/// index.
pub const COLLATED_BYTES: usize = 160;

impl Filter {
    /// Every record.
    #[must_use]
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// The most conditions of one filter.
    pub const MOST_CONDITIONS: usize = 50;
    /// How deep groups may lie in one another.
    pub const MAX_DEPTH: usize = 5;
    /// The most values of one `in`.
    pub const MOST_VALUES: usize = 100;

    /// Whether a record with these values is meant.
    #[must_use]
    pub fn matches(&self, values: &Values) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.matches(values)),
            Self::Any(filters) => filters.iter().any(|filter| filter.matches(values)),
            Self::Field(number, test) => test.passes(values.get(number)),
        }
    }

    /// A condition on a field. A day that is compared with instants is all of that day, which `day_start` tells the
    /// beginnings of.
    ///
    /// # Errors
    /// [`InvalidCondition`].
    pub fn condition(
        field: &Field,
        operator: Operator,
        inputs: &[Input<'_>],
        day_start: &dyn Fn(NaiveDate) -> DateTime<Utc>,
    ) -> Result<Self, InvalidCondition> {
        let condition = Condition { field, day_start };
        if operator != Operator::In || field.kind == FieldType::Json {
            return condition.test(operator, inputs).map(|test| Self::Field(field.number, test));
        }
        // Days of instants are spans, and all other values one test.
        let mut values = Vec::new();
        let mut any = Vec::new();
        for meant in condition.several(inputs)? {
            match meant {
                Meant::One(value) => values.push(value),
                Meant::Day(from, until) => {
                    let day = Test::Within { from: Bound::Inclusive(from), until: Bound::Exclusive(until) };
                    any.push(Self::Field(field.number, day));
                }
            }
        }
        if any.is_empty() {
            return Ok(Self::Field(field.number, Test::OneOf(values)));
        }
        any.push(Self::Field(field.number, Test::OneOf(values)));
        Ok(Self::Any(any))
    }
}

impl Test {
    /// Whether a value, or that there is none, is what is meant.
    #[must_use]
    pub fn passes(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Missing | Self::NoneOf(_) | Self::Outside { .. }, None) | (Self::Present, Some(_)) => true,
            (Self::OneOf(values), Some(value)) => values.contains(value),
            (Self::NoneOf(values), Some(value)) => !values.contains(value),
            (Self::Within { from, until }, Some(value)) => from.is_below(value) && until.is_above(value),
            (Self::Outside { from, until }, Some(value)) => {
                !(Bound::Inclusive(from.clone()).is_below(value) && Bound::Exclusive(until.clone()).is_above(value))
            }
            (Self::Contains(part), Some(Value::Text(text) | Value::Choice(text))) => {
                folded(text).contains(part.as_str())
            }
            (Self::Starts(start), Some(Value::Text(text) | Value::Choice(text))) => {
                folded(text).starts_with(start.as_str())
            }
            (_, None) | (Self::Missing | Self::Contains(_) | Self::Starts(_), Some(_)) => false,
        }
    }
}

impl Bound {
    fn is_below(&self, value: &Value) -> bool {
        match self {
            Self::Open => true,
            Self::Inclusive(bound) => compare(bound, value).is_some_and(std::cmp::Ordering::is_le),
            Self::Exclusive(bound) => compare(bound, value).is_some_and(std::cmp::Ordering::is_lt),
        }
    }

    fn is_above(&self, value: &Value) -> bool {
        match self {
            Self::Open => true,
            Self::Inclusive(bound) => compare(bound, value).is_some_and(std::cmp::Ordering::is_ge),
            Self::Exclusive(bound) => compare(bound, value).is_some_and(std::cmp::Ordering::is_gt),
        }
    }
}

/// How two values of a field follow one another in a list: texts as [`collated`], everything else by its value.
#[must_use]
pub fn compare(one: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) | (Value::Choice(one), Value::Choice(other)) => {
            Some(collated(one).cmp(&collated(other)))
        }
        (Value::Json(one), Value::Json(other)) => Some(collated(one.as_str()).cmp(&collated(other.as_str()))),
        _ => one.partial_cmp(other),
    }
}

/// A condition that is being read.
struct Condition<'f> {
    field: &'f Field,
    day_start: &'f dyn Fn(NaiveDate) -> DateTime<Utc>,
}

/// What a value of a condition stands for.
enum Meant {
    /// Itself.
    One(Value),
    /// The instants of a day: from the first, before the second.
    Day(Value, Value),
}

impl Condition<'_> {
    fn test(&self, operator: Operator, inputs: &[Input<'_>]) -> Result<Test, InvalidCondition> {
        let is_text = matches!(self.field.kind, FieldType::Text | FieldType::Choice);
        match operator {
            // Two writings of one value are not the same text.
            _ if self.field.kind == FieldType::Json && operator != Operator::IsNull => Err(InvalidCondition::Operator),
            Operator::IsNull => match single(inputs)? {
                Input::Boolean(is_null) => Ok(if *is_null { Test::Missing } else { Test::Present }),
                Input::Text(text) if text == "true" => Ok(Test::Missing),
                Input::Text(text) if text == "false" => Ok(Test::Present),
                _ => Err(InvalidCondition::Value(BrokenRule::WrongType(FieldType::Boolean))),
            },
            // Several values are read by `Filter::condition`.
            Operator::Eq | Operator::In => self.equal(single(inputs)?),
            Operator::Ne => Ok(match self.meant(single(inputs)?)? {
                Meant::One(value) => Test::NoneOf(vec![value]),
                Meant::Day(from, until) => Test::Outside { from, until },
            }),
            Operator::Contains | Operator::Starts if !is_text => Err(InvalidCondition::Operator),
            Operator::Contains => text(single(inputs)?).map(Test::Contains),
            Operator::Starts => text(single(inputs)?).map(Test::Starts),
            _ if !self.field.kind.is_ordered() => Err(InvalidCondition::Operator),
            Operator::Between => {
                let [from, until] = inputs else { return Err(InvalidCondition::Count(2)) };
                Ok(Test::Within { from: self.from(from, true)?, until: self.until(until, true)? })
            }
            Operator::Gt => Ok(Test::Within { from: self.from(single(inputs)?, false)?, until: Bound::Open }),
            Operator::Gte => Ok(Test::Within { from: self.from(single(inputs)?, true)?, until: Bound::Open }),
            Operator::Lt => Ok(Test::Within { from: Bound::Open, until: self.until(single(inputs)?, false)? }),
            Operator::Lte => Ok(Test::Within { from: Bound::Open, until: self.until(single(inputs)?, true)? }),
        }
    }

    /// One of several values.
    fn several(&self, inputs: &[Input<'_>]) -> Result<Vec<Meant>, InvalidCondition> {
        if inputs.is_empty() || inputs.len() > Filter::MOST_VALUES {
            return Err(InvalidCondition::Count(Filter::MOST_VALUES));
        }
        inputs.iter().map(|input| self.meant(input)).collect()
    }

    fn equal(&self, input: &Input<'_>) -> Result<Test, InvalidCondition> {
        Ok(match self.meant(input)? {
            Meant::One(value) => Test::OneOf(vec![value]),
            Meant::Day(from, until) => Test::Within { from: Bound::Inclusive(from), until: Bound::Exclusive(until) },
        })
    }

    /// The lower end: a day begins with its first instant, and is over with the first one of the next.
    fn from(&self, input: &Input<'_>, inclusive: bool) -> Result<Bound, InvalidCondition> {
        Ok(match (self.meant(input)?, inclusive) {
            (Meant::One(value), true) => Bound::Inclusive(value),
            (Meant::One(value), false) => Bound::Exclusive(value),
            (Meant::Day(from, _), true) => Bound::Inclusive(from),
            (Meant::Day(_, next), false) => Bound::Inclusive(next),
        })
    }

    /// The upper end.
    fn until(&self, input: &Input<'_>, inclusive: bool) -> Result<Bound, InvalidCondition> {
        Ok(match (self.meant(input)?, inclusive) {
            (Meant::One(value), true) => Bound::Inclusive(value),
            (Meant::One(value), false) => Bound::Exclusive(value),
            (Meant::Day(_, next), true) => Bound::Exclusive(next),
            (Meant::Day(from, _), false) => Bound::Exclusive(from),
        })
    }

    fn meant(&self, input: &Input<'_>) -> Result<Meant, InvalidCondition> {
        if self.field.kind == FieldType::DateTime
            && let Input::Text(text) = input
            && let Some((day, next)) = date(text).and_then(|day| Some((day, day.succ_opt()?)))
        {
            return Ok(Meant::Day(Value::DateTime((self.day_start)(day)), Value::DateTime((self.day_start)(next))));
        }
        self.value(input).map(Meant::One)
    }

    /// A value to compare with: of the field's type, and not held to its other rules, so that what the field allowed
    /// before can still be looked for.
    fn value(&self, input: &Input<'_>) -> Result<Value, InvalidCondition> {
        let value = Value::read(self.field, input).map_err(InvalidCondition::Value)?;
        let value = value.ok_or(InvalidCondition::Value(BrokenRule::Required))?;
        self.field.check_form(&value, Field::MAX_LENGTH).map_err(InvalidCondition::Value)?;
        Ok(value)
    }
}

fn single<'i, 'a>(inputs: &'i [Input<'a>]) -> Result<&'i Input<'a>, InvalidCondition> {
    match inputs {
        [input] => Ok(input),
        _ => Err(InvalidCondition::Count(1)),
    }
}

/// What is looked for in texts.
fn text(input: &Input<'_>) -> Result<String, InvalidCondition> {
    match input {
        Input::Text(text) if !text.is_empty() && text.len() <= COLLATED_BYTES && !text.contains('\0') => {
            Ok(folded(text))
        }
        Input::Text(_) => Err(InvalidCondition::Value(BrokenRule::TooLong { max: 160 })),
        _ => Err(InvalidCondition::Value(BrokenRule::WrongType(FieldType::Text))),
    }
}

/// The folded form of what is looked for in texts: of 1 to [`COLLATED_BYTES`] bytes.
///
/// # Errors
/// The rule that it breaks.
pub fn searched(text: &str) -> Result<String, BrokenRule> {
    if text.is_empty() {
        return Err(BrokenRule::Required);
    }
    if text.contains('\0') {
        return Err(BrokenRule::Character);
    }
    if text.len() > COLLATED_BYTES {
        return Err(BrokenRule::TooLong { max: u32::try_from(COLLATED_BYTES).unwrap_or(u32::MAX) });
    }
    Ok(folded(text))
}

/// By what records are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// A field; records without a value come last, whichever way.
    Field(FieldNumber),
    /// When they were created, which their ids tell: no two records are the same there, so nothing counts behind it.
    Created,
}

/// One step of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// The largest first.
    pub descending: bool,
}

impl Sort {
    /// The most steps of an order.
    pub const MOST: usize = 5;
}

/// Which records, in which order. The id always decides last, in the direction of the step before it, so that pages
/// neither repeat nor skip.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordQuery {
    /// Which.
    pub filter: Filter,
    /// Folded words, each of which some text of the record has.
    pub words: Vec<String>,
    /// In which order; the newest first where nothing is said.
    pub sort: Vec<Sort>,
}

impl RecordQuery {
    /// The most words to search for.
    pub const MOST_WORDS: usize = 10;

    /// Every record, the newest first.
    #[must_use]
    pub const fn everything() -> Self {
        Self { filter: Filter::everything(), words: Vec::new(), sort: Vec::new() }
    }

    /// The words of what somebody looks for; none in an empty text.
    ///
    /// # Errors
    /// As [`searched`].
    pub fn search(text: &str) -> Result<Vec<String>, BrokenRule> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        Ok(searched(text)?.split_whitespace().take(Self::MOST_WORDS).map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone as _};
    use proptest::prelude::*;

    use super::super::testing;
    use super::*;

    /// Midnight in Lima.
    fn day_start(day: NaiveDate) -> DateTime<Utc> {
        Utc.from_utc_datetime(&day.and_hms_opt(5, 0, 0).unwrap())
    }

    fn filter(kind: FieldType, operator: Operator, texts: &[&str]) -> Result<Filter, InvalidCondition> {
        let field = testing::field(1, kind);
        let inputs: Vec<Input<'_>> = texts.iter().map(|text| Input::written(kind, text)).collect();
        Filter::condition(&field, operator, &inputs, &day_start)
    }

    fn with(value: Option<Value>) -> Values {
        value.map(|value| (FieldNumber::FIRST, value)).into_iter().collect()
    }

    fn text(text: &str) -> Values {
        with(Some(Value::Text(text.to_owned())))
    }

    #[test]
    fn another_value_includes_none() {
        let other = filter(FieldType::Text, Operator::Ne, &["Lima"]).unwrap();
        assert!(other.matches(&with(None)) && other.matches(&text("lima")) && !other.matches(&text("Lima")));
    }

    #[test]
    fn numbers_compare_as_numbers_and_not_as_texts() {
        let above = filter(FieldType::Number, Operator::Gt, &["9"]).unwrap();
        let number = |text| with(Some(Value::Number(crate::tables::Number::parse(text).unwrap())));
        assert!(above.matches(&number("10")) && above.matches(&number("9.01")) && !above.matches(&number("9.00")));
        let same = filter(FieldType::Number, Operator::Eq, &["1.50"]).unwrap();
        assert!(same.matches(&number("1.5")));
    }

    #[test]
    fn a_part_of_a_text_is_found_without_regard_to_case_and_accents() {
        let part = filter(FieldType::Text, Operator::Contains, &["PERÚ_%"]).unwrap();
        assert!(part.matches(&text("Banco peru_% 2026")) && !part.matches(&text("Banco Peru 2026")));
        let start = filter(FieldType::Text, Operator::Starts, &["cam"]).unwrap();
        assert!(start.matches(&text("Cámara")) && !start.matches(&text("la cámara")));
    }

    #[test]
    fn a_day_of_instants_is_a_day_of_the_companys_zone() {
        let instant = |text: &str| with(Some(Value::DateTime(text.parse().unwrap())));
        let on = filter(FieldType::DateTime, Operator::Eq, &["2026-05-03"]).unwrap();
        assert!(on.matches(&instant("2026-05-03T05:00:00Z")) && on.matches(&instant("2026-05-04T04:59:59Z")));
        assert!(!on.matches(&instant("2026-05-03T04:59:59Z")) && !on.matches(&instant("2026-05-04T05:00:00Z")));
        let off = filter(FieldType::DateTime, Operator::Ne, &["2026-05-03"]).unwrap();
        assert!(off.matches(&with(None)) && off.matches(&instant("2026-05-04T05:00:00Z")));
        let after = filter(FieldType::DateTime, Operator::Gt, &["2026-05-03"]).unwrap();
        assert!(after.matches(&instant("2026-05-04T05:00:00Z")) && !after.matches(&instant("2026-05-04T04:59:59Z")));
        let span = filter(FieldType::DateTime, Operator::Between, &["2026-05-03", "2026-05-04"]).unwrap();
        assert!(span.matches(&instant("2026-05-05T04:59:59.999999Z")));
    }

    #[test]
    fn what_compares_nothing_is_refused() {
        use InvalidCondition as Invalid;
        assert_eq!(filter(FieldType::Number, Operator::Contains, &["1"]), Err(Invalid::Operator));
        assert_eq!(filter(FieldType::Boolean, Operator::Gt, &["true"]), Err(Invalid::Operator));
        assert_eq!(filter(FieldType::Date, Operator::Between, &["2026-01-01"]), Err(Invalid::Count(2)));
        let wrong = BrokenRule::WrongType(FieldType::Date);
        assert_eq!(filter(FieldType::Date, Operator::Eq, &["03/05/2026"]), Err(Invalid::Value(wrong)));
        assert!(filter(FieldType::Text, Operator::Contains, &[""]).is_err());
    }

    proptest! {
        /// Each value is below, at or above another, and the operators agree about it.
        #[test]
        fn operators_agree(one in -100_i64..100, other in -100_i64..100) {
            let passes = |operator| {
                let filter = filter(FieldType::Integer, operator, &[&other.to_string()]).unwrap();
                filter.matches(&with(Some(Value::Integer(one))))
            };
            prop_assert_eq!(passes(Operator::Eq), one == other);
            prop_assert_eq!(passes(Operator::Ne), one != other);
            prop_assert_eq!(passes(Operator::Gt), one > other);
            prop_assert_eq!(passes(Operator::Gte), one >= other);
            prop_assert_eq!(passes(Operator::Lt), one < other);
            prop_assert_eq!(passes(Operator::Lte), one <= other);
        }

        /// What compares by its beginning never falls apart in the middle of a character.
        #[test]
        fn collated_texts_are_bounded(text in "\\PC{0,200}") {
            prop_assert!(collated(&text).len() <= COLLATED_BYTES);
        }

        /// An instant is on exactly one of three days.
        #[test]
        fn an_instant_is_on_one_day(minutes in 0_i64..4320) {
            let start = day_start(NaiveDate::from_ymd_opt(2026, 5, 3).unwrap());
            let values = with(Some(Value::DateTime(start + TimeDelta::minutes(minutes))));
            let days = ["2026-05-03", "2026-05-04", "2026-05-05"];
            let is_on = |day: &&&str| filter(FieldType::DateTime, Operator::Eq, &[day]).unwrap().matches(&values);
            prop_assert_eq!(days.iter().filter(is_on).count(), 1);
        }
    }
}
