//! What is accepted as a value of a field.

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use super::broken::BrokenRule;
use super::field::Field;
use super::json::{InvalidJson, Json};
use super::kind::FieldType;
use super::number::{InvalidNumber, Number};
use super::value::{Input, Value};
use crate::id::RecordId;

impl Value {
    /// What was sent for the field, as its value: `None` for nothing. Of relations it is not known here whether the
    /// record exists.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn judge(field: &Field, input: &Input<'_>) -> Result<Option<Self>, BrokenRule> {
        let value = Self::read(field, input)?;
        value.as_ref().map_or(Ok(()), |value| field.check(value))?;
        Ok(value)
    }

    /// What was sent as a value of the field's type, whatever the field allows: `None` for nothing.
    ///
    /// # Errors
    /// That it is of another type.
    pub(super) fn read(field: &Field, input: &Input<'_>) -> Result<Option<Self>, BrokenRule> {
        if *input == Input::Null { Ok(None) } else { Self::typed(field.kind, input).map(Some) }
    }

    /// What was sent as a value of a type.
    ///
    /// # Errors
    /// That it is none.
    pub(super) fn typed(kind: FieldType, input: &Input<'_>) -> Result<Self, BrokenRule> {
        let wrong = || BrokenRule::WrongType(kind);
        match (kind, input) {
            (FieldType::Text, Input::Text(text)) => text_value(text).map(Self::Text),
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
            (FieldType::Choice, Input::Text(text)) => Ok(Self::Choice(text.clone().into_owned())),
            (FieldType::Json, Input::Json(text) | Input::Number(text)) => json(Json::parse(text)),
            (FieldType::Json, Input::Text(text)) => json(Json::of_text(text)),
            (FieldType::Json, Input::Boolean(is)) => json(Json::parse(&is.to_string())),
            _ => Err(wrong()),
        }
    }
}

fn json(parsed: Result<Json, InvalidJson>) -> Result<Value, BrokenRule> {
    parsed.map(Value::Json).map_err(|invalid| match invalid {
        InvalidJson::Form => BrokenRule::WrongType(FieldType::Json),
        InvalidJson::TooLong => BrokenRule::TooLong { max: Json::MAX_CHARS },
        InvalidJson::TooDeep => BrokenRule::TooDeep { max: Json::MAX_DEPTH },
    })
}

/// A text in NFC. Nothing is hidden from the reader of a table but what they wrote themselves: only U+0000 is refused,
/// which PostgreSQL keeps in no text.
fn text_value(text: &str) -> Result<String, BrokenRule> {
    if text.contains('\0') { Err(BrokenRule::Character) } else { Ok(text.nfc().collect()) }
}

/// A whole number as JSON writes it: without a point and an exponent.
fn integer(written: &str) -> Option<Value> {
    let within = |number: &i64| (-Value::MAX_INTEGER..=Value::MAX_INTEGER).contains(number);
    written.parse().ok().filter(within).map(Value::Integer)
}

/// A day, written `YYYY-MM-DD` and not otherwise.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
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
