//! Values of records.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::json::Json;
use super::kind::FieldType;
use super::number::Number;
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
    /// A list or an object, as it was written, or any JSON that a text holds.
    Json(&'a str),
}

impl<'a> Input<'a> {
    /// A value of that type that was written as a text, as an address or a file does.
    #[must_use]
    pub fn written(kind: FieldType, text: &'a str) -> Self {
        match (kind, text) {
            (FieldType::Number | FieldType::Integer, _) => Self::Number(text),
            (FieldType::Json, _) => Self::Json(text),
            (FieldType::Boolean, "true") => Self::Boolean(true),
            (FieldType::Boolean, "false") => Self::Boolean(false),
            _ => Self::Text(Cow::Borrowed(text)),
        }
    }
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    /// Of [`FieldType::Json`].
    Json(Json),
}

impl Value {
    /// The largest whole number, and as far below zero the smallest.
    pub const MAX_INTEGER: i64 = 1 << 53;

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
            Self::Json(_) => FieldType::Json,
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
            (Self::Json(one), Self::Json(other)) => Some(one.cmp(other)),
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
            Self::Json(json) => json.fmt(f),
            Self::DateTime(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}
