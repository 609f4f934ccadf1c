//! What a value of a field has to be beside its type, and what people read of it, as their column holds it: JSON, or
//! nothing where nothing.

use std::collections::BTreeMap;

use atalaya_application::AppError;
use atalaya_domain::tables::{DisplayName, FieldType, Pattern, Presentation, Rules, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::content;
use crate::persistence::rows::{read, word};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    colors: BTreeMap<String, String>,
}

/// Rules and what people read, as their column holds them.
pub(super) fn rules_column(rules: &Rules, read: &Presentation) -> Result<Option<String>, AppError> {
    let value = |value: &Option<Value>| value.as_ref().map(content::json);
    let column = RulesColumn {
        unique: rules.unique,
        default: value(&rules.default),
        min: value(&rules.min),
        max: value(&rules.max),
        pattern: rules.pattern.as_ref().map(|pattern| pattern.as_str().to_owned()),
        choices: rules.choices.clone(),
        description: read.description.clone(),
        labels: read.labels.iter().map(|(choice, label)| (choice.clone(), label.as_str().to_owned())).collect(),
        colors: read.colors.iter().map(|(choice, color)| (choice.clone(), color.as_str().to_owned())).collect(),
    };
    if column == RulesColumn::default() {
        return Ok(None);
    }
    serde_json::to_string(&column).map(Some).map_err(AppError::internal)
}

/// Stored rules of a field of that type, and what people read of it.
pub(super) fn rules(kind: FieldType, stored: Option<&str>) -> Result<(Rules, Presentation), AppError> {
    let Some(text) = stored else { return Ok(<_>::default()) };
    let column: RulesColumn = read(COLUMN, serde_json::from_str(text))?;
    let value = |stored: Option<Json>| {
        let value = |stored: Json| read(COLUMN, content::value(kind, &stored).ok_or_else(|| format!("no {kind}")));
        stored.map(value).transpose()
    };
    let color = |(choice, color): (String, String)| Ok((choice, word(COLUMN, &color)?));
    let labels = column.labels.into_iter().map(|(choice, label)| (choice, DisplayName::stored(label)));
    let presentation = Presentation {
        description: column.description,
        labels: labels.collect(),
        colors: column.colors.into_iter().map(color).collect::<Result<_, AppError>>()?,
    };
    let rules = Rules {
        unique: column.unique,
        default: value(column.default)?,
        min: value(column.min)?,
        max: value(column.max)?,
        pattern: column.pattern.map(Pattern::stored),
        choices: column.choices,
    };
    Ok((rules, presentation))
}
