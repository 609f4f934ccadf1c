//! Records that others point to, told with them.

use std::collections::BTreeMap;

use atalaya_application::AppError;
use atalaya_application::error::Violation;
use atalaya_application::tables::{Expand, Expanded, Followed};
use atalaya_domain::tables::{Keys, Record, Table, Values};
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{DataView, RecordForm, data};

/// What a relation leads to: a record, or nothing.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExpandedView(Option<TargetView>);

/// What a relation of a record leads to that is expanded itself: a record, or nothing.
#[derive(Serialize, ToSchema)]
pub(crate) struct FurtherExpandedView(Option<FurtherTargetView>);

/// A record that another one points to.
#[derive(Serialize, ToSchema)]
pub(crate) struct TargetView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Every field of its entity type; `null` where it has no value.
    data: DataView,
    /// The records that it points to itself, of each relation that `expand` names behind a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    expanded: Option<BTreeMap<String, FurtherExpandedView>>,
}

/// A record that one points to which another one points to.
#[derive(Serialize, ToSchema)]
pub(crate) struct FurtherTargetView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Every field of its entity type; `null` where it has no value.
    data: DataView,
}

/// The paths that are asked for.
///
/// # Errors
/// `InvalidFilter` where there are too many, or one is too long.
pub(super) fn expand<'p>(keys: Keys, paths: impl Iterator<Item = &'p str>) -> Result<Expand, AppError> {
    let paths: Vec<String> = paths.filter(|path| !path.is_empty()).map(str::to_owned).collect();
    if paths.len() > Expand::MOST {
        let too_many = Violation::new("expand", "too_many").with("max", &Expand::MOST);
        return Err(AppError::InvalidFilter(vec![too_many]));
    }
    if paths.iter().any(|path| path.chars().count() > Expand::MAX_CHARS) {
        let too_long = Violation::new("expand", "too_long").with("max", &Expand::MAX_CHARS);
        return Err(AppError::InvalidFilter(vec![too_long]));
    }
    Ok(Expand { keys, paths })
}

/// What the relations of a record with these values lead to: `None` where none is followed.
///
/// # Errors
/// `Internal`, never in practice.
pub(super) fn targets(
    expanded: &Expanded,
    values: &Values,
    form: RecordForm,
) -> Result<Option<BTreeMap<String, ExpandedView>>, AppError> {
    each(&expanded.relations, expanded, values, form, ExpandedView, |relation, table, record| {
        let further =
            each(&relation.further, expanded, &record.values, form, FurtherExpandedView, |_, table, record| {
                Ok(FurtherTargetView { id: record.id.get().to_string(), data: data(table, &record.values, form)? })
            })?;
        let id = record.id.get().to_string();
        Ok(TargetView { id, data: data(table, &record.values, form)?, expanded: further })
    })
}

fn each<T, V>(
    relations: &[Followed],
    expanded: &Expanded,
    values: &Values,
    form: RecordForm,
    told: fn(Option<T>) -> V,
    view: impl Fn(&Followed, &Table, &Record) -> Result<T, AppError>,
) -> Result<Option<BTreeMap<String, V>>, AppError> {
    if relations.is_empty() {
        return Ok(None);
    }
    let entry = |relation: &Followed| {
        let target = expanded.target(relation, values);
        let target = target.map(|(table, record)| view(relation, table, record)).transpose()?;
        Ok((form.keys.of(&relation.field), told(target)))
    };
    relations.iter().map(entry).collect::<Result<_, AppError>>().map(Some)
}
