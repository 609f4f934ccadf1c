//! What is wrong with a file of series: each cause once, with its first line.

use std::io;

use atalaya_texts::{Language, lookup};
use atalaya_web::tabular::{LONGEST_LINE, RowFault, TableFault, WorkbookFault};

/// Why a file is not forecast.
#[derive(Debug)]
pub enum SeriesFileError {
    /// Lines that break rules, by their causes in the order of their first lines.
    Refused(Vec<Refused>),
    /// A workbook that is not read.
    Workbook(WorkbookFault),
    /// The file itself.
    Io(io::Error),
}

/// One rule that is broken, in one line or in many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The first line that breaks it; the first line of the file is 1. In a sheet it is a row.
    pub line: u64,
    /// How many lines break it.
    pub count: u64,
    /// What is wrong with the first one.
    pub fault: Fault,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The header has no column of times.
    NoTimes,
    /// The header has no column of values.
    NoValues,
    /// Two columns of the header are one by their names.
    RepeatedColumn {
        /// The one that stands first.
        first: String,
        /// The other one.
        second: String,
    },
    /// More or fewer cells than the header has.
    FieldCount {
        /// Cells of the line.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// No id.
    NoId,
    /// Neither a date nor a time that exists.
    InvalidTime(String),
    /// Times with a zone among times without one.
    MixedZones,
    /// Not a finite number.
    NotANumber(String),
    /// An error of a workbook, a truth value, a duration, or a formula without a result.
    Unusable(String),
    /// An id that was there before, with others between.
    Scattered(String),
    /// A date whose day and month may be the one or the other.
    AmbiguousDate(String),
    /// A number with a separator of decimals or of thousands.
    AmbiguousNumber(String),
    /// Bytes that are no text.
    NotText,
    /// A quote without its end.
    OpenQuote,
    /// A line that is too long for any table.
    TooLong,
}

impl Fault {
    /// The key of its text, and what the text names.
    fn text(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let cell = |text: &String| vec![("cell", text.escape_debug().to_string())];
        match self {
            Self::NoTimes => ("file.no_times", Vec::new()),
            Self::NoValues => ("file.no_values", Vec::new()),
            Self::RepeatedColumn { first, second } => {
                ("file.repeated_column", vec![("first", first.clone()), ("second", second.clone())])
            }
            Self::FieldCount { found, expected } => {
                ("file.field_count", vec![("found", found.to_string()), ("expected", expected.to_string())])
            }
            Self::NoId => ("file.no_id", Vec::new()),
            Self::InvalidTime(text) => ("file.invalid_time", cell(text)),
            Self::MixedZones => ("file.mixed_zones", Vec::new()),
            Self::NotANumber(text) => ("file.not_a_number", cell(text)),
            Self::Unusable(text) => ("file.unusable_cell", cell(text)),
            Self::Scattered(text) => ("file.scattered", cell(text)),
            Self::AmbiguousDate(text) => ("file.ambiguous_date", cell(text)),
            Self::AmbiguousNumber(text) => ("file.ambiguous_number", cell(text)),
            Self::NotText => ("file.not_text", Vec::new()),
            Self::OpenQuote => ("file.open_quote", Vec::new()),
            Self::TooLong => ("file.too_long", vec![("most", LONGEST_LINE.to_string())]),
        }
    }

    /// What is wrong and what to do about it.
    #[must_use]
    pub fn in_words(&self, language: Language) -> String {
        let (key, params) = self.text();
        lookup(language, key, &params).unwrap_or_else(|| key.to_owned())
    }
}

impl From<RowFault> for Fault {
    fn from(fault: RowFault) -> Self {
        match fault {
            RowFault::FieldCount { found, expected } => Self::FieldCount { found, expected },
            RowFault::OpenQuote => Self::OpenQuote,
            RowFault::NotText => Self::NotText,
        }
    }
}

impl SeriesFileError {
    /// Of one line.
    pub(super) fn of_line(line: u64, fault: Fault) -> Self {
        Self::Refused(vec![Refused { line, count: 1, fault }])
    }
}

impl From<TableFault> for SeriesFileError {
    fn from(fault: TableFault) -> Self {
        match fault {
            TableFault::TooLong { line } => Self::of_line(line, Fault::TooLong),
            TableFault::NotText { line } => Self::of_line(line, Fault::NotText),
            TableFault::Workbook(fault) => Self::Workbook(fault),
            TableFault::Io(source) => Self::Io(source),
        }
    }
}

/// Collects what is wrong, each cause once.
#[derive(Debug, Default)]
pub(super) struct Refusals(Vec<Refused>);

impl Refusals {
    pub(super) fn add(&mut self, line: u64, fault: Fault) {
        let key = fault.text().0;
        match self.0.iter_mut().find(|refused| refused.fault.text().0 == key) {
            Some(refused) => refused.count += 1,
            None => self.0.push(Refused { line, count: 1, fault }),
        }
    }

    pub(super) fn into_error(self) -> SeriesFileError {
        SeriesFileError::Refused(self.0)
    }
}
