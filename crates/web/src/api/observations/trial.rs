//! What an upload would do, found out without doing it.

use atalaya_application::observations::{Judged, Trial};
use atalaya_domain::observation::{DayClose, Followers};
use serde::Serialize;
use utoipa::ToSchema;

use super::file::Upload;
use super::row_problem::RowProblem;
use crate::api::parse::wire_time;
use crate::api::schemas::{ColumnField, ColumnFormatWord, DayChange};

/// What an upload would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrialResponse {
    /// Whether it would be stored: without `skip_invalid`, when no rule is broken; with it, when the file can be read
    /// to its end and has a sound row.
    accepted: bool,
    /// All rows, sound or not.
    rows: usize,
    /// Sound rows at times that are new.
    would_insert: u64,
    /// Sound rows at times that are known with other values.
    would_update: u64,
    /// Sound rows at times that are known with the same values.
    unchanged: u64,
    /// Rows that break a rule: left out with `skip_invalid`.
    skipped: usize,
    /// Of the sound rows at known times, the largest change of followers, up or down; `null` where none changes any.
    #[schema(required = true)]
    largest_change: Option<i64>,
    /// The names of the columns, or the fields of JSON.
    columns: Vec<String>,
    /// What each column is read as.
    mapping: Vec<ColumnMapping>,
    /// How the columns are written, where that was found or told.
    formats: Vec<ColumnFormat>,
    /// The time of the first sound row.
    #[schema(required = true, format = DateTime)]
    from: Option<String>,
    /// The time of the last sound row.
    #[schema(required = true, format = DateTime)]
    until: Option<String>,
    /// The days whose last followers the sound rows make others, oldest first: of many, the newest 4,000.
    #[schema(max_items = 4000)]
    preview: Vec<PreviewDay>,
    /// The first thousand broken rules, by line.
    #[schema(max_items = 1000)]
    errors: Vec<RowProblem>,
    /// All broken rules.
    errors_total: usize,
}

/// A column and what it is read as.
#[derive(Serialize, ToSchema)]
pub(crate) struct ColumnMapping {
    /// Its name in the file.
    header: String,
    /// The field; `null` for a column that is not used.
    #[schema(required = true, value_type = Option<ColumnField>)]
    field: Option<&'static str>,
}

/// How a column is written.
#[derive(Serialize, ToSchema)]
pub(crate) struct ColumnFormat {
    /// Its name.
    column: String,
    /// As `dd/mm/yyyy`, or as `1.234,5`.
    #[schema(value_type = ColumnFormatWord)]
    format: &'static str,
}

/// The close of a day: the last followers, where the account's clocks end it.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewDay {
    /// The day.
    #[schema(format = Date)]
    fecha: String,
    /// As they would be.
    seguidores: u64,
    /// As they are stored; `null` for a day without any.
    #[schema(required = true)]
    stored: Option<u64>,
    /// `new` or `changed`.
    #[schema(value_type = DayChange)]
    outcome: &'static str,
}

impl From<DayClose> for PreviewDay {
    fn from(close: DayClose) -> Self {
        Self {
            fecha: close.day.to_string(),
            seguidores: close.followers.get(),
            stored: close.stored.map(Followers::get),
            outcome: if close.stored.is_some() { "changed" } else { "new" },
        }
    }
}

impl TrialResponse {
    /// What was read, judged and tried out.
    pub(super) fn of(upload: Upload, judged: &Judged, trial: Trial, errors: Vec<RowProblem>) -> Self {
        let Upload { columns, formats, .. } = upload;
        let Trial { outcome, span, days, largest_change } = trial;
        let mapping =
            |(header, field): &(String, Option<&'static str>)| ColumnMapping { header: header.clone(), field: *field };
        Self {
            accepted: judged.accepted(),
            rows: judged.total(),
            would_insert: outcome.inserted,
            would_update: outcome.updated,
            unchanged: outcome.unchanged,
            skipped: judged.skipped(),
            largest_change,
            mapping: columns.iter().map(mapping).collect(),
            columns: columns.into_iter().map(|(header, _)| header).collect(),
            formats: formats.into_iter().map(|(column, format)| ColumnFormat { column, format }).collect(),
            from: span.map(|(first, _)| wire_time(first)),
            until: span.map(|(_, last)| wire_time(last)),
            preview: days.into_iter().map(PreviewDay::from).collect(),
            errors,
            errors_total: judged.broken(),
        }
    }
}
