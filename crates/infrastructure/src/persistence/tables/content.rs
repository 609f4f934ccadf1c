//! What a record holds, as its column has it: a JSON object by numbers of fields. Values of fields in the trash stay in
//! it, and nobody reads them until their field is back.

use atalaya_application::AppError;
use atalaya_application::ports::retyping::Held;
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{self, Field, FieldNumber, FieldType, Number, Table, Value, Values};
use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::persistence::rows::read;

/// The members of a content.
type Members = serde_json::Map<String, Json>;

/// The values of a new record.
pub(super) fn written(values: &Values) -> String {
    let members: Members = values.iter().map(|(number, value)| (key(*number), json(value))).collect();
    Json::Object(members).to_string()
}

/// The values of the table's fields in place of those that `stored` has of them. What was converted for a retype is not
/// true of them any more, and goes.
pub(super) fn merged(column: &'static str, stored: &str, table: &Table, values: &Values) -> Result<String, AppError> {
    let converted = table.fields.iter().filter_map(|field| field.retyping);
    let of_table: Vec<String> = table.fields.iter().map(|field| field.number).chain(converted).map(key).collect();
    let kept = members(column, stored)?.into_iter().filter(|(key, _)| !of_table.contains(key));
    let new = values.iter().map(|(number, value)| (key(*number), json(value)));
    Ok(Json::Object(kept.chain(new).collect()).to_string())
}

/// What `stored` has without the members of these numbers.
pub(super) fn without(column: &'static str, stored: &str, numbers: &[FieldNumber]) -> Result<String, AppError> {
    let mut kept = members(column, stored)?;
    for number in numbers {
        kept.remove(&key(*number));
    }
    Ok(Json::Object(kept).to_string())
}

/// The values of these fields.
pub(super) fn values(column: &'static str, stored: &str, fields: &[Field]) -> Result<Values, AppError> {
    let members = members(column, stored)?;
    let value = |field: &Field| {
        let stored = members.get(&key(field.number)).filter(|stored| !is_mark(stored))?;
        let value = value(field.kind, stored).ok_or_else(|| format!("{} is no {}", key(field.number), field.kind));
        Some(read(column, value).map(|value| (field.number, value)))
    };
    fields.iter().filter_map(value).collect()
}

/// What a retype leaves where it found nothing that is a value of the field: `null` where there was none, `[]` where
/// there was one of another type.
fn is_mark(stored: &Json) -> bool {
    stored.is_null() || stored.is_array()
}

/// What is kept of a field.
pub(super) fn held(column: &'static str, stored: &str, field: &Field) -> Result<Held, AppError> {
    if members(column, stored)?.get(&key(field.number)).is_some_and(Json::is_array) {
        return Ok(Held::Lost);
    }
    let mut values = values(column, stored, std::slice::from_ref(field))?;
    Ok(values.remove(&field.number).map_or(Held::Nothing, Held::Value))
}

/// How it is kept.
pub(super) fn kept(held: &Held) -> Json {
    match held {
        Held::Value(value) => json(value),
        Held::Nothing => Json::Null,
        Held::Lost => Json::Array(Vec::new()),
    }
}

/// The fields whose values were none of their type by now.
pub(super) fn lost(column: &'static str, stored: &str, fields: &[Field]) -> Result<Vec<FieldNumber>, AppError> {
    let members = members(column, stored)?;
    let is_lost = |number: &FieldNumber| members.get(&key(*number)).is_some_and(Json::is_array);
    Ok(fields.iter().map(|field| field.number).filter(is_lost).collect())
}

fn key(number: FieldNumber) -> String {
    number.get().to_string()
}

fn members(column: &'static str, stored: &str) -> Result<Members, AppError> {
    read(column, serde_json::from_str(stored))
}

/// A value. A number is a text, which keeps it as it was written.
pub(super) fn json(value: &Value) -> Json {
    match value {
        Value::Integer(number) => Json::from(*number),
        Value::Boolean(is) => Json::from(*is),
        other => Json::from(other.to_string()),
    }
}

/// The value of a field of that type; `None` where it is none.
pub(super) fn value(kind: FieldType, stored: &Json) -> Option<Value> {
    Some(match (kind, stored) {
        (FieldType::Text, Json::String(text)) => Value::Text(text.clone()),
        (FieldType::Choice, Json::String(text)) => Value::Choice(text.clone()),
        (FieldType::Json, Json::String(text)) => Value::Json(tables::Json::stored(text.clone())),
        (FieldType::Number, Json::String(text)) => Value::Number(Number::parse(text).ok()?),
        (FieldType::Integer, Json::Number(number)) => Value::Integer(number.as_i64()?),
        (FieldType::Date, Json::String(text)) => Value::Date(text.parse().ok()?),
        (FieldType::Boolean, Json::Bool(is)) => Value::Boolean(*is),
        (FieldType::Relation, Json::String(text)) => Value::Relation(RecordId::new(text.parse::<Uuid>().ok()?)),
        (FieldType::DateTime, Json::String(text)) => {
            Value::DateTime(text.parse::<DateTime<Utc>>().ok()?.trunc_subsecs(6))
        }
        _ => return None,
    })
}
