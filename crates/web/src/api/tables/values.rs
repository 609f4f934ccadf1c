//! Values of records as the wire writes them.

use std::collections::BTreeMap;

use atalaya_application::AppError;
use atalaya_domain::tables::{Field, Keys, Table, Value, Values};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A moment, always with microseconds: existing clients cut it at fixed places.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RecordForm {
    /// By what `data` names fields.
    pub(crate) keys: Keys,
    /// Whether `NUMBER` and `JSON` are written as texts, for clients that would round their numbers.
    pub(crate) numbers_as_text: bool,
}

/// The values of a record by the names, or ids, of their fields.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct DataView(BTreeMap<String, Option<ValueView>>);

impl PartialSchema for DataView {
    fn schema() -> RefOr<Schema> {
        let any = AdditionalProperties::<Schema>::FreeForm(true);
        ObjectBuilder::new().additional_properties(Some(any)).build().into()
    }
}

impl ToSchema for DataView {}

/// A value.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum ValueView {
    /// A number as it was written, digit by digit.
    Number(Box<RawValue>),
    /// Any JSON, as it was written.
    Json(Box<RawValue>),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// Everything else.
    Text(String),
}

impl PartialSchema for ValueView {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(utoipa::openapi::schema::SchemaType::AnyValue).build().into()
    }
}

impl ToSchema for ValueView {}

impl ValueView {
    pub(crate) fn new(value: &Value, form: RecordForm) -> Result<Self, AppError> {
        Ok(match value {
            Value::Number(number) if !form.numbers_as_text => {
                Self::Number(RawValue::from_string(number.to_string()).map_err(AppError::internal)?)
            }
            Value::Json(json) if !form.numbers_as_text => {
                Self::Json(RawValue::from_string(json.to_string()).map_err(AppError::internal)?)
            }
            Value::Integer(number) => Self::Integer(*number),
            Value::Boolean(is) => Self::Boolean(*is),
            Value::DateTime(at) => Self::Text(moment(*at)),
            other => Self::Text(other.to_string()),
        })
    }
}

/// Every field of the table with its value.
///
/// # Errors
/// `Internal`, never in practice.
pub(crate) fn data(table: &Table, values: &Values, form: RecordForm) -> Result<DataView, AppError> {
    let entry = |field: &Field| {
        let value = values.get(&field.number).map(|value| ValueView::new(value, form)).transpose()?;
        Ok((form.keys.of(field), value))
    };
    table.fields.iter().map(entry).collect::<Result<_, AppError>>().map(DataView)
}
