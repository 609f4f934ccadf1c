//! Importing records from a file: every row is judged and written in one transaction, and a trial is the same
//! transaction, undone. So neither accepts what the other refuses.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{Draft, Input, Keys, Table};
use chrono_tz::Tz;

use crate::error::{AppError, Part, Violation};
use crate::observations::InvalidRows;

/// What a cell says for its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// Nothing: the field has no value then, and where it needs one, that which it has already, or its default.
    Nothing,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as JSON writes it.
    Number(String),
    /// A text.
    Text(String),
    /// A text that is read as JSON.
    Json(String),
    /// What is none, with the rule that it breaks.
    Unreadable(Violation),
}

impl Written {
    /// What is sent; nothing of what cannot be read.
    pub(super) fn input(&self) -> Option<Input<'_>> {
        match self {
            Self::Nothing => Some(Input::Null),
            Self::Boolean(is) => Some(Input::Boolean(*is)),
            Self::Number(number) => Some(Input::Number(number)),
            Self::Text(text) => Some(Input::Text(text.into())),
            Self::Json(text) => Some(Input::Json(text)),
            Self::Unreadable(_) => None,
        }
    }
}

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCell {
    /// The name of the field.
    pub key: String,
    /// The name of the column.
    pub column: String,
    /// What the cell has, as it came.
    pub shown: String,
    /// What that says.
    pub written: Written,
}

/// The id of the record that a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowId {
    /// As it was written.
    pub written: String,
    /// The id; `None` where that is none.
    pub id: Option<RecordId>,
}

/// A row of a file, as far as its columns are of fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportRow {
    /// Its line.
    pub line: u64,
    /// The record that it is about, where the file says it.
    pub id: Option<RowId>,
    /// Its cells.
    pub cells: Vec<ImportCell>,
    /// Why it has none.
    pub fault: Option<Violation>,
}

impl ImportRow {
    /// The cell of that field.
    pub(super) fn cell(&self, key: &str) -> Option<&ImportCell> {
        self.cells.iter().find(|cell| cell.key == key)
    }

    /// What the row sends for a record. What cannot be read is left out, and so is nothing where a field needs
    /// something.
    pub(super) fn draft(&self, table: &Table) -> Draft<'_> {
        let is_needed = |key: &str| table.field_named(key).is_some_and(|field| field.required);
        let mut inputs = BTreeMap::new();
        for cell in &self.cells {
            if let Some(input) = cell.written.input().filter(|input| *input != Input::Null || !is_needed(&cell.key)) {
                inputs.insert(cell.key.clone(), input);
            }
        }
        Draft { keys: Keys::Names, inputs }
    }
}

/// How a file was found to be written; `None` for what its cells leave open, or do not need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detected {
    /// Its encoding; none of a workbook.
    pub encoding: Option<&'static str>,
    /// What separates cells; none of a workbook.
    pub delimiter: Option<char>,
    /// What separates decimals.
    pub decimal: Option<char>,
    /// The order of dates, such as `dd/mm/yyyy`.
    pub date_order: Option<&'static str>,
}

/// What the file leaves open and somebody has to say: nothing is guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportQuestion {
    /// The choice that has to be made: `decimal` or `date_order`.
    pub choice: &'static str,
    /// The line of the header.
    pub line: u64,
    /// A column that needs it.
    pub column: String,
    /// What there is to choose from.
    pub options: Vec<&'static str>,
    /// The rule that is broken as long as nobody says it.
    pub unanswered: &'static str,
}

/// A file whose columns are of fields of a table.
pub struct OpenedRows<'s> {
    /// How it is written.
    pub detected: Detected,
    /// Its columns, each with the name of its field; `None` for one that is passed over.
    pub columns: Vec<(String, Option<String>)>,
    /// What is left open.
    pub question: Option<ImportQuestion>,
    /// What is wrong with the file before its first row: then no row is read.
    pub faults: Vec<Violation>,
    /// Its rows, which another thread reads. After one that is an error there are no more.
    pub rows: Box<dyn Iterator<Item = Result<ImportRow, Violation>> + Send + 's>,
}

/// A file to import.
pub trait ImportSource: Send + Sync {
    /// Begins to read it for a table, whose fields are those of this moment. `zone` is of times that name none. A unit
    /// of work may run again, and begins anew then.
    ///
    /// # Errors
    /// `Invalid` where what was told of the file does not fit it, or the table.
    fn open<'s>(&'s self, table: &Table, zone: Tz) -> Result<OpenedRows<'s>, AppError>;
}

/// How a file is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan {
    /// The name of the unique field by which records are found that are there already, or [`ImportPlan::ID`]; without
    /// one every row is a new record.
    pub upsert_key: Option<String>,
    /// What happens where rows break rules.
    pub invalid: InvalidRows,
    /// Whether everything is undone in the end.
    pub is_trial: bool,
}

impl ImportPlan {
    /// The key that is a record's own id.
    pub const ID: &'static str = "id";
    /// The most rows of a file.
    pub const MOST_ROWS: u64 = 500_000;
    /// Broken rules that are shown; all are counted.
    pub const SHOWN: usize = 1_000;
}

/// A broken rule of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFault {
    /// What is wrong, with its line and column.
    pub violation: Violation,
    /// What the cell has.
    pub value: Option<String>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportOutcome {
    /// How the file is written.
    pub detected: Detected,
    /// Its columns, each with the name of its field; `None` for one that is passed over.
    pub columns: Vec<(String, Option<String>)>,
    /// What has to be said before anything is imported.
    pub question: Option<ImportQuestion>,
    /// All rows.
    pub total: u64,
    /// Records that are new.
    pub created: u64,
    /// Records that have other values.
    pub changed: u64,
    /// Records that had these values already.
    pub unchanged: u64,
    /// Rows that break a rule.
    pub skipped: u64,
    /// The first broken rules, by line.
    pub errors: Vec<ImportFault>,
    /// All broken rules.
    pub errors_total: u64,
    /// Whether the file was read to its end.
    pub complete: bool,
}

impl ImportOutcome {
    /// Whether it is stored where it is no trial.
    #[must_use]
    pub fn accepted(&self, invalid: InvalidRows) -> bool {
        let sound = self.errors_total == 0;
        self.question.is_none() && self.complete && (sound || invalid == InvalidRows::LeaveOut)
    }

    /// Notes a broken rule.
    pub(super) fn fault(&mut self, fault: ImportFault) {
        self.errors_total += 1;
        if self.errors.len() < ImportPlan::SHOWN {
            self.errors.push(fault);
        }
    }

    /// What is wrong, as far as it is shown: what has to be said first, and the broken rules.
    #[must_use]
    pub fn question_and_faults(&self) -> Vec<Violation> {
        let open = self.question.iter().map(|question| {
            Violation::new(question.choice, question.unanswered).at(question.line, question.column.clone())
        });
        open.chain(self.errors.iter().map(|fault| fault.violation.clone())).collect()
    }

    /// Why it is refused.
    pub(super) fn refusal(&self) -> AppError {
        AppError::Invalid(self.question_and_faults().into_iter().take(Violation::MOST).collect())
    }
}

/// Follows an import on its way.
pub trait ImportProgress: Send + Sync {
    /// It begins. What was told before is of a transaction that did not come to its end.
    fn begun(&self) {}

    /// A rule is broken. They come in the order of their lines, all of them.
    ///
    /// # Errors
    /// Where that cannot be kept: the import ends.
    fn broken(&self, _fault: &ImportFault) -> Result<(), AppError> {
        Ok(())
    }

    /// So many rows are done. Says whether to go on.
    fn done(&self, rows: u64) -> ControlFlow<()>;
}

impl<F: Fn(u64) -> ControlFlow<()> + Send + Sync> ImportProgress for F {
    fn done(&self, rows: u64) -> ControlFlow<()> {
        self(rows)
    }
}

/// Whoever asked for the import waits no more.
pub(super) fn abandoned() -> AppError {
    AppError::unavailable(Part::Database)
}
