//! What an upload would do, found out without doing it.

use atalaya_application::error::{AppError, Violation};
use atalaya_application::observations::{Trial, UploadRow};
use atalaya_texts::{self as texts, Language};
use serde::Serialize;
use utoipa::ToSchema;

use super::file::Upload;
use crate::api::parse::wire_time;
use crate::http::field_names::{column_name, field_name};
use crate::http::problem_body::RuleCode;

/// Broken rules that are shown; all are counted.
pub(super) const MOST: usize = 1_000;

/// What an upload would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrialResponse {
    /// Sound rows at times that are new.
    would_insert: u64,
    /// Sound rows at times that are known with other values.
    would_update: u64,
    /// Sound rows at times that are known with the same values.
    unchanged: u64,
    /// The names of the columns, or the fields of JSON.
    columns: Vec<String>,
    /// How the columns are written, where that was found or told.
    formats: Vec<ColumnFormat>,
    /// The time of the first sound row.
    #[schema(required = true, format = DateTime)]
    from: Option<String>,
    /// The time of the last sound row.
    #[schema(required = true, format = DateTime)]
    until: Option<String>,
    /// The first thousand broken rules. With one of them an upload stores nothing.
    errors: Vec<RowProblem>,
    /// All broken rules.
    errors_total: usize,
}

/// How a column is written.
#[derive(Serialize, ToSchema)]
pub(crate) struct ColumnFormat {
    /// Its name.
    column: String,
    /// As `dd/mm/yyyy`, or as `1.234,5`.
    #[schema(example = "dd/mm/yyyy")]
    format: &'static str,
}

/// A broken rule and where.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowProblem {
    /// The line of a CSV file, the first one being line 1.
    #[schema(required = true, minimum = 1)]
    line: Option<u64>,
    /// The column of a CSV file.
    #[schema(required = true)]
    column: Option<String>,
    /// The field.
    field: String,
    /// The rule.
    #[schema(value_type = RuleCode)]
    code: &'static str,
    /// What is wrong, in the reader's language.
    message: String,
}

impl TrialResponse {
    /// Tries out what was read.
    ///
    /// # Errors
    /// Of the database.
    pub(super) fn of(
        upload: Upload,
        try_out: impl FnOnce(&[UploadRow]) -> Result<Trial, AppError>,
        language: Language,
    ) -> Result<Self, AppError> {
        let Upload { rows, violations, broken, columns, formats, .. } = upload;
        let Trial { outcome, violations: of_rows, span } = try_out(&rows)?;
        let problem = |violation: &Violation| RowProblem {
            line: violation.line,
            column: column_name(violation),
            field: field_name(&violation.field).into_owned(),
            code: violation.code,
            message: texts::violation(language, violation),
        };
        Ok(Self {
            would_insert: outcome.inserted,
            would_update: outcome.updated,
            unchanged: outcome.unchanged,
            columns,
            formats: formats.into_iter().map(|(column, format)| ColumnFormat { column, format }).collect(),
            from: span.map(|(first, _)| wire_time(first)),
            until: span.map(|(_, last)| wire_time(last)),
            errors: violations.iter().chain(&of_rows).take(MOST).map(problem).collect(),
            errors_total: broken + of_rows.len(),
        })
    }
}
