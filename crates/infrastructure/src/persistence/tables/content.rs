//! What a record holds, as its column has it: a JSON object by numbers of fields. Values of fields in the trash stay in
//! it, and nobody reads them until their field is back.

use atalaya_application::AppError;
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{Field, FieldNumber, FieldType, Number, Table, Value, Values};
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

/// The values of the table's fields in place of those that `stored` has of them.
pub(super) fn merged(column: &'static str, stored: &str, table: &Table, values: &Values) -> Result<String, AppError> {
    let of_table: Vec<String> = table.fields.iter().map(|field| key(field.number)).collect();
    let kept = members(column, stored)?.into_iter().filter(|(key, _)| !of_table.contains(key));
    let new = values.iter().map(|(number, value)| (key(*number), json(value)));
    Ok(Json::Object(kept.chain(new).collect()).to_string())
}

/// The values of these fields.
pub(super) fn values(column: &'static str, stored: &str, fields: &[Field]) -> Result<Values, AppError> {
    let members = members(column, stored)?;
    let value = |field: &Field| {
        let stored = members.get(&key(field.number))?;
        let value = value(field.kind, stored).ok_or_else(|| format!("{} is no {}", key(field.number), field.kind));
        Some(read(column, value).map(|value| (field.number, value)))
    };
    fields.iter().filter_map(value).collect()
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
