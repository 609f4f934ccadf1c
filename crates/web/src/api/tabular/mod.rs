//! Tables as spreadsheets of any country write them, in text or as a workbook: what uploads and the command line both
//! read.
//!
//! Text is lines of UTF-8, of UTF-16 or of Windows-1252 that end with LF, CR LF or CR, with cells between commas,
//! semicolons or tabs. A workbook is an Excel file (`.xlsx`), of which one sheet is read. The content tells which of
//! them a file is, never its name. Numbers and dates that were typed are settled by the rest of their column. What
//! stays ambiguous is refused, never guessed.
//!
//! Not here: what the columns of a table mean to its reader; [`columns`] has only their names.

mod cell;
pub mod columns;
mod form;
mod lines;
mod number;
mod quotes;
pub(crate) mod refusals;
mod spreadsheet;
mod text;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read};

use actix_web::web::Bytes;

pub use cell::{Cell, CellKind};
pub use form::{TextEncoding, TextForm, UnknownEncoding};
pub use number::{NumberFault, NumberForm, Separators};
pub use spreadsheet::WorkbookFault;
use spreadsheet::{Container, Sheet, SheetRows};
use text::TextRows;
pub use time::{DateEvidence, DateOrder, DateStyle, TimeFault, UnknownOrder, iso_date, plain_time};

/// Opens a text from its beginning.
type Opener = Box<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// A table that can be read from its beginning as often as is needed.
pub struct Table {
    content: Content,
}

enum Content {
    Text(Opener, TextForm),
    Sheet(Sheet),
}

/// Reads a table row by row; in memory is one row.
pub struct Rows {
    source: Source,
}

/// What rows come from. Whoever reads them does not know which.
enum Source {
    Text(TextRows<Box<dyn Read + Send>>),
    Sheet(SheetRows),
}

/// A row that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number of its line in a text, of its row in a sheet; the first is 1.
    pub line: u64,
    /// Its cells, as many as the header has.
    pub cells: Result<Vec<Cell>, RowFault>,
}

/// What is wrong with a row, so that it has no cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// More or fewer cells than the header has.
    FieldCount {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// A quote that does not end in its line.
    OpenQuote,
    /// Bytes that are no text.
    NotText,
}

/// Why a table cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum TableFault {
    /// A line of more than [`LONGEST_LINE`] bytes.
    #[error("line {line}: the line is longer than {LONGEST_LINE} bytes")]
    TooLong {
        /// Its number.
        line: u64,
    },
    /// A header that is no text.
    #[error("line {line}: the line is no text in UTF-8, UTF-16 or Windows-1252")]
    NotText {
        /// Its number.
        line: u64,
    },
    /// A workbook that is not read.
    #[error(transparent)]
    Workbook(#[from] WorkbookFault),
    /// The file itself.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Bytes of a line, or of the cells of a sheet's row, at most.
pub const LONGEST_LINE: usize = 1 << 20;

impl Table {
    /// The largest workbook that is read, in bytes as it is packed. A text may be of any size.
    pub const LARGEST_WORKBOOK: usize = spreadsheet::LARGEST;

    /// Opens a file that is in memory. `sheet` names the sheet of a workbook; its first one unless told.
    ///
    /// # Errors
    /// [`TableFault::Workbook`] where it is a workbook that cannot be read, or has no such sheet.
    pub fn of_bytes(bytes: impl Into<Bytes>, sheet: Option<&str>) -> Result<Self, TableFault> {
        let bytes = bytes.into();
        let content = match (Container::of(&bytes), sheet) {
            (Some(container), _) => Content::Sheet(Sheet::open(bytes, container, sheet)?),
            (None, Some(_)) => return Err(WorkbookFault::NotAWorkbook.into()),
            (None, None) => {
                let open: Opener = Box::new(move || Ok(Box::new(Cursor::new(bytes.clone())) as _));
                Content::Text(open, TextForm::default())
            }
        };
        Ok(Self { content })
    }

    /// Opens a file that `open` opens anew each time, so that a text may be larger than memory.
    ///
    /// # Errors
    /// As [`Self::of_bytes`], and those of the file.
    pub fn of_file(
        open: impl Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'static,
        sheet: Option<&str>,
    ) -> Result<Self, TableFault> {
        let mut start = Vec::new();
        open()?.take(spreadsheet::MARK).read_to_end(&mut start)?;
        if Container::of(&start).is_none() && sheet.is_none() {
            return Ok(Self { content: Content::Text(Box::new(open), TextForm::default()) });
        }
        let most = u64::try_from(Self::LARGEST_WORKBOOK).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        open()?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        Self::of_bytes(bytes, sheet)
    }

    /// The same table, whose text is read so; a sheet says itself how it is written.
    #[must_use]
    pub fn read_as(self, form: TextForm) -> Self {
        match self.content {
            Content::Text(open, _) => Self { content: Content::Text(open, form) },
            sheet @ Content::Sheet(_) => Self { content: sheet },
        }
    }

    /// Begins to read: the header.
    ///
    /// # Errors
    /// [`TableFault`] where the header cannot be read.
    pub fn rows(&self) -> Result<Rows, TableFault> {
        let source = match &self.content {
            Content::Text(open, form) => Source::Text(TextRows::open(open()?, *form)?),
            Content::Sheet(sheet) => Source::Sheet(sheet.rows()?),
        };
        Ok(Rows { source })
    }

    /// The lines of these numbers as the file has them, cut after `most` characters; of a sheet, the cells of its rows
    /// between tabs. What is no text is left out, and what cannot be reached.
    #[must_use]
    pub fn line_texts(&self, numbers: &BTreeSet<u64>, most: usize) -> BTreeMap<u64, String> {
        let mut found = BTreeMap::new();
        let Some(last) = numbers.last() else { return found };
        let mut note = |number: u64, text: &str| {
            if numbers.contains(&number) {
                found.insert(number, text.chars().take(most).collect());
            }
            number < *last
        };
        // A fault is told by whoever reads the rows.
        let _ = match &self.content {
            Content::Text(open, form) => open()
                .map_err(TableFault::from)
                .and_then(|read| lines::each(read, form.encoding, |number, text| note(number, text))),
            Content::Sheet(sheet) => sheet.rows().and_then(|mut rows| {
                let mut goes_on = note(rows.header_line(), &rows.names().join("\t"));
                while goes_on && let Some(row) = rows.next_row()? {
                    let Ok(cells) = row.cells else { continue };
                    goes_on = note(row.line, &cells.iter().map(Cell::as_str).collect::<Vec<_>>().join("\t"));
                }
                Ok(())
            }),
        };
        found
    }

    /// Whether its rows are those of a sheet, and not lines of a text.
    #[must_use]
    pub fn is_sheet(&self) -> bool {
        matches!(self.content, Content::Sheet(_))
    }

    /// How far [`Rows::bytes`] goes, where that is known without reading the table: for a sheet.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        match &self.content {
            Content::Text(..) => None,
            Content::Sheet(sheet) => Some(sheet.unpacked()),
        }
    }

    /// Whether bytes begin as a workbook does, which unpacks to many times its size.
    #[must_use]
    pub fn is_packed(bytes: &[u8]) -> bool {
        Container::of(bytes).is_some()
    }
}

impl Rows {
    /// The names of the header, as it has them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match &self.source {
            Source::Text(rows) => rows.names(),
            Source::Sheet(rows) => rows.names(),
        }
    }

    /// The number of the header's line or row.
    #[must_use]
    pub fn header_line(&self) -> u64 {
        match &self.source {
            Source::Text(rows) => rows.header_line(),
            Source::Sheet(rows) => rows.header_line(),
        }
    }

    /// Whether a point in a number that was typed can only be a decimal point: where a comma separates cells. In a
    /// sheet numbers are typed as text by people of any country.
    #[must_use]
    pub fn has_decimal_points(&self) -> bool {
        match &self.source {
            Source::Text(rows) => rows.has_decimal_points(),
            Source::Sheet(_) => false,
        }
    }

    /// What separates cells; `None` of a sheet.
    #[must_use]
    pub fn delimiter(&self) -> Option<char> {
        match &self.source {
            Source::Text(rows) => Some(rows.delimiter()),
            Source::Sheet(_) => None,
        }
    }

    /// In which encoding what was read so far is; `None` of a sheet.
    #[must_use]
    pub fn encoding(&self) -> Option<TextEncoding> {
        match &self.source {
            Source::Text(rows) => Some(rows.encoding()),
            Source::Sheet(_) => None,
        }
    }

    /// Bytes read: of a text as UTF-8, of a sheet unpacked.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.source {
            Source::Text(rows) => rows.bytes(),
            Source::Sheet(rows) => rows.bytes(),
        }
    }

    /// The next row that is not empty. Rows of empty cells, which spreadsheets leave at the end, are passed over.
    ///
    /// # Errors
    /// [`TableFault`] where there is no reading on.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableFault> {
        match &mut self.source {
            Source::Text(rows) => rows.next_row(),
            Source::Sheet(rows) => rows.next_row(),
        }
    }
}

#[cfg(test)]
mod tests;
