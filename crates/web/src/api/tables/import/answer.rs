//! What an import did, or would do, on the wire.

use atalaya_application::tables::{Detected, ImportFault, ImportOutcome, ImportPlan, ImportQuestion};
use atalaya_texts::{self as texts, Language};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::schemas::{DateOrderWord, DecimalWord, EncodingWord, FoundDelimiter, ImportChoiceWord};
use crate::http::field_names::field_name;
use crate::http::problem_body::RuleCode;

/// What an import did, or would do with `dry_run`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportResponse {
    /// Whether everything was undone.
    dry_run: bool,
    /// Whether it is stored without `dry_run`: nothing has to be said first, the file can be read to its end, and no
    /// rule is broken, or rows that break one are left out.
    accepted: bool,
    /// How the file is written.
    detected: DetectedView,
    /// What has to be said before anything is imported: the file leaves it open, and nothing is guessed.
    #[schema(required = true)]
    needs: Option<QuestionView>,
    /// The columns.
    columns: Vec<ColumnView>,
    /// All rows.
    total: u64,
    /// Records that are new.
    created: u64,
    /// Records that have other values.
    changed: u64,
    /// Records that had these values already.
    unchanged: u64,
    /// Rows that break a rule.
    skipped: u64,
    /// The first thousand broken rules.
    #[schema(max_items = 1000)]
    errors: Vec<ImportProblem>,
    /// All broken rules.
    errors_total: u64,
}

/// How a file is written; `null` for what its cells leave open, or do not need.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DetectedView {
    /// The encoding; `null` of a workbook.
    #[schema(required = true, value_type = Option<EncodingWord>)]
    encoding: Option<&'static str>,
    /// What separates cells; `null` of a workbook.
    #[schema(required = true, value_type = Option<FoundDelimiter>)]
    delimiter: Option<String>,
    /// What separates decimals.
    #[schema(required = true, value_type = Option<DecimalWord>)]
    decimal: Option<String>,
    /// The order of dates.
    #[schema(required = true, value_type = Option<DateOrderWord>)]
    date_order: Option<&'static str>,
}

/// What somebody has to say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionView {
    /// The parameter that says it.
    #[schema(value_type = ImportChoiceWord)]
    choice: &'static str,
    /// A column that needs it, by its name in the file, cut after 64 bytes.
    column: String,
    /// What there is to choose from.
    options: Vec<&'static str>,
}

/// A column of the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ColumnView {
    /// Its name in the file, by which `map` takes it.
    name: String,
    /// The name of its field; `null` for one that is passed over.
    #[schema(required = true)]
    field: Option<String>,
}

/// A broken rule and where.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportProblem {
    /// The line of the file, or the row of the sheet; the first is 1.
    #[schema(required = true, minimum = 1)]
    pub(super) line: Option<u64>,
    /// The column, by its name in the file, cut after 64 bytes; that of the field, where the file has no such column.
    #[schema(required = true)]
    pub(super) column: Option<String>,
    /// What the cell has, cut after 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub(super) value: Option<String>,
    /// The rule.
    #[schema(value_type = RuleCode)]
    pub(super) error: &'static str,
    /// What is wrong, in the reader's language.
    pub(super) message: String,
}

impl From<&Detected> for DetectedView {
    fn from(detected: &Detected) -> Self {
        let letter = |letter: Option<char>| letter.map(String::from);
        Self {
            encoding: detected.encoding,
            delimiter: letter(detected.delimiter),
            decimal: letter(detected.decimal),
            date_order: detected.date_order,
        }
    }
}

impl From<&ImportQuestion> for QuestionView {
    fn from(question: &ImportQuestion) -> Self {
        let ImportQuestion { choice, column, options, .. } = question.clone();
        Self { choice, column, options }
    }
}

impl ImportProblem {
    pub(super) fn of(fault: &ImportFault, language: Language) -> Self {
        let ImportFault { violation, value } = fault;
        // What is wrong with the file as a whole stands in no column; its parameter is told instead.
        let column = violation
            .column
            .clone()
            .or_else(|| violation.line.is_none().then(|| field_name(&violation.field).into_owned()));
        Self {
            line: violation.line,
            column,
            value: value.clone(),
            error: violation.code,
            message: texts::violation(language, violation),
        }
    }
}

impl ImportResponse {
    /// What it came to.
    pub(super) fn of(outcome: &ImportOutcome, plan: &ImportPlan, language: Language) -> Self {
        let column = |(name, field): &(String, Option<String>)| ColumnView { name: name.clone(), field: field.clone() };
        Self {
            dry_run: plan.is_trial,
            accepted: outcome.accepted(plan.invalid),
            detected: DetectedView::from(&outcome.detected),
            needs: outcome.question.as_ref().map(QuestionView::from),
            columns: outcome.columns.iter().map(column).collect(),
            total: outcome.total,
            created: outcome.created,
            changed: outcome.changed,
            unchanged: outcome.unchanged,
            skipped: outcome.skipped,
            errors: outcome.errors.iter().map(|fault| ImportProblem::of(fault, language)).collect(),
            errors_total: outcome.errors_total,
        }
    }
}
