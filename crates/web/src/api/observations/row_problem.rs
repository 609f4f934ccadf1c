//! Broken rules of an upload, each with its place and its line.

use std::collections::BTreeMap;

use atalaya_application::error::Violation;
use atalaya_texts::{self as texts, Language};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::field_names::{column_name, field_name};
use crate::http::problem_body::RuleCode;

/// A broken rule and where.
#[derive(Debug, Clone, Serialize, ToSchema)]
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
    /// The line as it came, cut after 200 characters; the cells of a workbook's row between tabs. `null` for JSON, and
    /// for a line that is no text.
    #[schema(required = true, max_length = 200)]
    text: Option<String>,
}

impl RowProblem {
    /// A broken rule on the wire, with its line, where that is among `lines`.
    pub(super) fn of(violation: &Violation, lines: &BTreeMap<u64, String>, language: Language) -> Self {
        Self {
            line: violation.line,
            column: column_name(violation),
            field: field_name(&violation.field).into_owned(),
            code: violation.code,
            message: texts::violation(language, violation),
            text: violation.line.and_then(|line| lines.get(&line).cloned()),
        }
    }
}
