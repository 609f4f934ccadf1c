//! Values of records, and what is accepted as one.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound as _, Utc};
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use super::field::{Field, FieldType};
use super::number::{InvalidNumber, Number};
use super::rules::BrokenRule;
use crate::id::RecordId;

/// What was sent for a field, before it is known whether it is a value of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input<'a> {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as it was written.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// A list or an object, which no field takes.
    Structure,
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Of [`FieldType::Text`], in NFC.
    Text(String),
    /// Of [`FieldType::Number`].
    Number(Number),
    /// Of [`FieldType::Integer`].
    Integer(i64),
    /// Of [`FieldType::Date`].
    Date(NaiveDate),
    /// Of [`FieldType::Boolean`].
    Boolean(bool),
    /// Of [`FieldType::Relation`].
    Relation(RecordId),
    /// Of [`FieldType::DateTime`], in whole microseconds.
    DateTime(DateTime<Utc>),
    /// Of [`FieldType::Choice`].
    Choice(String),
}

impl Value {
    /// The largest whole number, and as far below zero the smallest.
    pub const MAX_INTEGER: i64 = 1 << 53;

    /// What was sent for the field, as its value: `None` for nothing. Of relations it is not known here whether the
    /// record exists.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn judge(field: &Field, input: &Input<'_>) -> Result<Option<Self>, BrokenRule> {
        if *input == Input::Null {
            return Ok(None);
        }
        let value = Self::typed(field, input)?;
        field.rules.check(&value)?;
        Ok(Some(value))
    }

    fn typed(field: &Field, input: &Input<'_>) -> Result<Self, BrokenRule> {
        let wrong = || BrokenRule::WrongType(field.kind);
        match (field.kind, input) {
            (FieldType::Text, Input::Text(text)) => text_value(text, field.length_limit()).map(Self::Text),
            (FieldType::Number, Input::Number(written)) => match Number::parse(written) {
                Ok(number) => Ok(Self::Number(number)),
                Err(InvalidNumber::Digits) => Err(BrokenRule::TooManyDigits),
                Err(InvalidNumber::Form) => Err(wrong()),
            },
            (FieldType::Integer, Input::Number(written)) => integer(written).ok_or_else(|| {
                let is_whole = written.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
                if is_whole { BrokenRule::OutOfRange } else { wrong() }
            }),
            (FieldType::Date, Input::Text(text)) => date(text).map(Self::Date).ok_or_else(wrong),
            (FieldType::Boolean, Input::Boolean(is)) => Ok(Self::Boolean(*is)),
            (FieldType::Relation, Input::Text(text)) => {
                text.parse::<Uuid>().map(|id| Self::Relation(RecordId::new(id))).map_err(|_| wrong())
            }
            (FieldType::DateTime, Input::Text(text)) => instant(text).map(Self::DateTime).ok_or_else(wrong),
            (FieldType::Choice, Input::Text(text)) => {
                let known = field.rules.choices.iter().any(|choice| choice.as_str() == text.as_ref());
                let unknown = || BrokenRule::UnknownChoice { allowed: field.rules.choices.clone() };
                if known { Ok(Self::Choice(text.clone().into_owned())) } else { Err(unknown()) }
            }
            _ => Err(wrong()),
        }
    }

    /// Of which type the value is.
    #[must_use]
    pub fn kind(&self) -> FieldType {
        match self {
            Self::Text(_) => FieldType::Text,
            Self::Number(_) => FieldType::Number,
            Self::Integer(_) => FieldType::Integer,
            Self::Date(_) => FieldType::Date,
            Self::Boolean(_) => FieldType::Boolean,
            Self::Relation(_) => FieldType::Relation,
            Self::DateTime(_) => FieldType::DateTime,
            Self::Choice(_) => FieldType::Choice,
        }
    }
}

/// Values of one type compare as people expect of it; those of different types do not compare.
impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) | (Self::Choice(one), Self::Choice(other)) => Some(one.cmp(other)),
            (Self::Number(one), Self::Number(other)) => Some(one.cmp(other)),
            (Self::Integer(one), Self::Integer(other)) => Some(one.cmp(other)),
            (Self::Date(one), Self::Date(other)) => Some(one.cmp(other)),
            (Self::Boolean(one), Self::Boolean(other)) => Some(one.cmp(other)),
            (Self::Relation(one), Self::Relation(other)) => Some(one.cmp(other)),
            (Self::DateTime(one), Self::DateTime(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }
}

/// As the wire writes it, without quotation marks.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Choice(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Date(day) => write!(f, "{}", day.format("%Y-%m-%d")),
            Self::Boolean(is) => is.fmt(f),
            Self::Relation(id) => id.get().fmt(f),
            Self::DateTime(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}

/// A text in NFC within the limit. Nothing is hidden from the reader of a table but what they wrote themselves: only
/// U+0000 is refused, which PostgreSQL keeps in no text.
fn text_value(text: &str, max: u32) -> Result<String, BrokenRule> {
    if text.contains('\0') {
        return Err(BrokenRule::Character);
    }
    let composed: String = text.nfc().collect();
    if composed.chars().count() > usize::try_from(max).unwrap_or(usize::MAX) {
        return Err(BrokenRule::TooLong { max });
    }
    Ok(composed)
}

/// A whole number as JSON writes it: without a point and an exponent.
fn integer(written: &str) -> Option<Value> {
    let within = |number: &i64| (-Value::MAX_INTEGER..=Value::MAX_INTEGER).contains(number);
    written.parse().ok().filter(within).map(Value::Integer)
}

/// A day, written `YYYY-MM-DD` and not otherwise.
fn date(text: &str) -> Option<NaiveDate> {
    let digit = |at: usize, byte: u8| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    if text.len() != 10 || !text.bytes().enumerate().all(|(at, byte)| digit(at, byte)) || text.starts_with("0000") {
        return None;
    }
    text.parse().ok()
}

/// An instant with its distance from UTC (RFC 3339), in whole microseconds, which is what PostgreSQL keeps.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc).trunc_subsecs(6);
    let year = chrono::Datelike::year(&at);
    (1..=9999).contains(&year).then_some(at)
}
