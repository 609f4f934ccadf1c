//! Tables in text files, as spreadsheets of any country write them: what uploads and the command line both read.
//!
//! Lines of UTF-8, of UTF-16 or of Windows-1252 that end with LF, CR LF or CR; cells between commas, semicolons or
//! tabs; numbers and dates that are settled by the rest of their column. What stays ambiguous is refused, never
//! guessed.
//!
//! Not here: which columns a table must have and what they mean.

mod lines;
mod number;
mod time;

use std::io::{self, Read};

use lines::{Line, Lines};
pub use number::{NumberFault, NumberForm, Separators};
pub use time::{DateEvidence, DateOrder, DateStyle, TimeFault, UnknownOrder, iso_date, plain_time};

/// Reads a table row by row; in memory is one row.
pub struct Rows<R: Read> {
    lines: Lines<R>,
    delimiter: char,
    names: Vec<String>,
    header_line: u64,
}

/// A row that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number of its line; the first line of the file is 1.
    pub line: u64,
    /// Its cells, trimmed, as many as the header has.
    pub cells: Result<Vec<String>, RowFault>,
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
    /// The file itself.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Bytes of a line, at most.
pub const LONGEST_LINE: usize = 1 << 20;

impl<R: Read> Rows<R> {
    /// Begins to read: a line `sep=;` where there is one, and the header.
    ///
    /// # Errors
    /// [`TableFault`] where the header cannot be read.
    pub fn open(reader: R) -> Result<Self, TableFault> {
        let mut lines = Lines::open(reader)?;
        let mut header = text(&mut lines)?.unwrap_or_default();
        let separator = named_delimiter(&header);
        if separator.is_some() {
            header = text(&mut lines)?.unwrap_or_default();
        }
        let delimiter = separator.unwrap_or_else(|| delimiter_of(&header));
        let mut names = cells(&header, delimiter);
        // A spreadsheet writes the columns that were ever used.
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        Ok(Self { header_line: lines.number().max(1), lines, delimiter, names })
    }

    /// The names of the header, as it has them.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of the header's line.
    pub fn header_line(&self) -> u64 {
        self.header_line
    }

    /// Whether a point in a number may as well separate thousands: where a comma separates cells, decimals have a
    /// point.
    pub fn has_decimal_points(&self) -> bool {
        self.delimiter != ';'
    }

    /// Bytes read, of the file as UTF-8.
    pub fn bytes(&self) -> u64 {
        self.lines.bytes()
    }

    /// The next row that is not empty. Rows of empty cells, which spreadsheets leave at the end, are passed over.
    ///
    /// # Errors
    /// [`TableFault`] where there is no reading on.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableFault> {
        loop {
            let Some(line) = self.lines.next_line()? else { return Ok(None) };
            let number = line.number;
            let cells = match line {
                Line { text: None, .. } => Err(RowFault::NotText),
                Line { text: Some(text), .. } if text.matches('"').count() % 2 == 1 => Err(RowFault::OpenQuote),
                Line { text: Some(text), .. } => Ok(cells(&text, self.delimiter)),
            };
            if cells.as_ref().is_ok_and(|cells| cells.iter().all(String::is_empty)) {
                continue;
            }
            return Ok(Some(Row { line: number, cells: cells.and_then(|cells| fitted(cells, self.names.len())) }));
        }
    }
}

/// As many cells as the header has; empty ones beyond are dropped.
fn fitted(mut cells: Vec<String>, expected: usize) -> Result<Vec<String>, RowFault> {
    let found = cells.len();
    if found < expected || cells.iter().skip(expected).any(|cell| !cell.is_empty()) {
        return Err(RowFault::FieldCount { found, expected });
    }
    cells.truncate(expected);
    Ok(cells)
}

fn text<R: Read>(lines: &mut Lines<R>) -> Result<Option<String>, TableFault> {
    let Some(Line { number, text }) = lines.next_line()? else { return Ok(None) };
    text.map(|text| Some(text.into_owned())).ok_or(TableFault::NotText { line: number })
}

/// The delimiter of a line `sep=;`, by which a file says how spreadsheets are to read it.
fn named_delimiter(line: &str) -> Option<char> {
    let named = line.trim_matches('"').strip_prefix("sep=").or_else(|| line.trim_matches('"').strip_prefix("SEP="))?;
    // The trimmed line lost a tab.
    match named {
        "" => Some('\t'),
        ";" => Some(';'),
        "," => Some(','),
        "|" => Some('|'),
        _ => None,
    }
}

/// The delimiter of a file: a comma, or a semicolon as spreadsheets of Spanish-speaking countries write it, or a tab.
fn delimiter_of(header: &str) -> char {
    let has = |delimiter: &char| header.contains(*delimiter);
    [',', ';', '\t'].into_iter().find(has).unwrap_or(',')
}

/// The cells of a line, trimmed; quotes as in RFC 4180, though none reaches into the next line.
fn cells(line: &str, delimiter: char) -> Vec<String> {
    if !line.contains('"') {
        return line.split(delimiter).map(|cell| cell.trim().to_owned()).collect();
    }
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(delimiter).has_headers(false).flexible(true).trim(csv::Trim::All);
    let record = reader.from_reader(line.as_bytes()).into_records().next();
    record.and_then(Result::ok).map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
