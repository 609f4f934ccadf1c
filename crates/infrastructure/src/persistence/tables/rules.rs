//! What a value of a field has to be beside its type, as its column holds it: JSON, or nothing where nothing.

use atalaya_application::AppError;
use atalaya_domain::tables::{FieldType, Pattern, Rules, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::content;
use crate::persistence::rows::read;

/// Where rules are.
const COLUMN: &str = "entity_fields.rules";

/// Rules, values as records have them.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct RulesColumn {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
}

/// Rules, as their column holds them.
pub(super) fn rules_column(rules: &Rules) -> Result<Option<String>, AppError> {
    let value = |value: &Option<Value>| value.as_ref().map(content::json);
    let column = RulesColumn {
        unique: rules.unique,
        default: value(&rules.default),
        min: value(&rules.min),
        max: value(&rules.max),
        pattern: rules.pattern.as_ref().map(|pattern| pattern.as_str().to_owned()),
        choices: rules.choices.clone(),
    };
    if column == RulesColumn::default() {
        return Ok(None);
    }
    serde_json::to_string(&column).map(Some).map_err(AppError::internal)
}

/// Stored rules of a field of that type.
pub(super) fn rules(kind: FieldType, stored: Option<&str>) -> Result<Rules, AppError> {
    let Some(text) = stored else { return Ok(Rules::default()) };
    let column: RulesColumn = read(COLUMN, serde_json::from_str(text))?;
    let value = |stored: Option<Json>| {
        let value = |stored: Json| read(COLUMN, content::value(kind, &stored).ok_or_else(|| format!("no {kind}")));
        stored.map(value).transpose()
    };
    Ok(Rules {
        unique: column.unique,
        default: value(column.default)?,
        min: value(column.min)?,
        max: value(column.max)?,
        pattern: column.pattern.map(Pattern::stored),
        choices: column.choices,
    })
}
