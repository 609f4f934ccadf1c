//! What an entity type says of its records, as its column holds it: JSON, or nothing where it says nothing.

use atalaya_application::AppError;
use atalaya_domain::tables::{FieldNumber, TableAccess, UniqueSet, UserLevel, ViewerLevel};
use serde::{Deserialize, Serialize};

use crate::persistence::rows::{read, word};

/// Where settings are.
const COLUMN: &str = "entities.settings";

/// What an entity type says of its records.
pub(super) struct Settings {
    pub(super) access: TableAccess,
    pub(super) requires_if_match: bool,
    pub(super) unique_together: Vec<UniqueSet>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct SettingsColumn {
    user: String,
    viewer: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    requires_if_match: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unique_together: Vec<SetColumn>,
}

#[derive(PartialEq, Serialize, Deserialize)]
struct SetColumn {
    number: i32,
    fields: Vec<i32>,
}

impl Default for SettingsColumn {
    fn default() -> Self {
        column(TableAccess::default(), false, &[])
    }
}

fn column(access: TableAccess, requires_if_match: bool, unique_together: &[UniqueSet]) -> SettingsColumn {
    let set = |set: &UniqueSet| SetColumn {
        number: set.number,
        fields: set.fields.iter().copied().map(FieldNumber::get).collect(),
    };
    SettingsColumn {
        user: access.user.as_str().to_owned(),
        viewer: access.viewer.as_str().to_owned(),
        requires_if_match,
        unique_together: unique_together.iter().map(set).collect(),
    }
}

/// Settings, as their column holds them.
pub(super) fn settings_column(
    access: TableAccess,
    requires_if_match: bool,
    unique_together: &[UniqueSet],
) -> Result<Option<String>, AppError> {
    let column = column(access, requires_if_match, unique_together);
    if column == SettingsColumn::default() {
        return Ok(None);
    }
    serde_json::to_string(&column).map(Some).map_err(AppError::internal)
}

/// Stored settings.
pub(super) fn settings(stored: Option<&str>) -> Result<Settings, AppError> {
    let column = match stored {
        Some(text) => read(COLUMN, serde_json::from_str(text))?,
        None => SettingsColumn::default(),
    };
    let user: UserLevel = word(COLUMN, &column.user)?;
    let viewer: ViewerLevel = word(COLUMN, &column.viewer)?;
    let set = |set: SetColumn| UniqueSet {
        number: set.number,
        fields: set.fields.into_iter().map(FieldNumber::new).collect(),
    };
    Ok(Settings {
        access: TableAccess { user, viewer },
        requires_if_match: column.requires_if_match,
        unique_together: column.unique_together.into_iter().map(set).collect(),
    })
}
