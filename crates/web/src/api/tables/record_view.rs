//! Records as the wire writes them.

use std::collections::BTreeMap;

use atalaya_application::AppError;
use atalaya_application::tables::{Expanded, FoundRecord};
use atalaya_domain::tables::{Record, Table};
use serde::Serialize;
use utoipa::ToSchema;

use super::expansion::{ExpandedView, targets};
use super::values::{DataView, RecordForm, data, moment};

/// A record.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// When it was created.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was written last.
    #[schema(format = DateTime)]
    updated_at: String,
    /// How often it was written, from 1.
    #[schema(minimum = 1)]
    revision: i32,
    /// Every field of the entity type by its name, or those that `fields` names; `null` where it has no value.
    data: DataView,
    /// Of each relation that `expand` names, the record that it points to; `null` where there is none, or it is in the
    /// trash, or not there for the caller. Left out where nothing is to be expanded.
    #[serde(skip_serializing_if = "Option::is_none")]
    expanded: Option<BTreeMap<String, ExpandedView>>,
}

impl RecordView {
    /// # Errors
    /// `Internal`, never in practice.
    pub(crate) fn new(table: &Table, record: &Record, form: RecordForm) -> Result<Self, AppError> {
        Ok(Self {
            id: record.id.get().to_string(),
            created_at: moment(record.created_at),
            updated_at: moment(record.updated_at),
            revision: record.revision,
            data: data(table, &record.values, form)?,
            expanded: None,
        })
    }

    /// With what its relations lead to.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn with(
        table: &Table,
        record: &Record,
        expanded: &Expanded,
        form: RecordForm,
    ) -> Result<Self, AppError> {
        let expanded = targets(expanded, &record.values, form)?;
        Ok(Self { expanded, ..Self::new(table, record, form)? })
    }

    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn found(found: &FoundRecord, form: RecordForm) -> Result<Self, AppError> {
        Self::new(&found.table, &found.record, form)
    }
}
