//! Rows of a text: lines, and cells between delimiters.

use std::io::Read;

use super::lines::{Line, Lines};
use super::quotes::Quotes;
use super::{Cell, Row, RowFault, TableFault, TextEncoding, TextForm};

/// Reads a text row by row.
pub(super) struct TextRows<R: Read> {
    lines: Lines<R>,
    delimiter: char,
    is_exact: bool,
    names: Vec<String>,
    header_line: u64,
}

impl<R: Read> TextRows<R> {
    /// Begins to read: a line `sep=;` where there is one, and the header.
    pub(super) fn open(reader: R, form: TextForm) -> Result<Self, TableFault> {
        let mut lines = Lines::open(reader, form.encoding)?;
        let mut header = text(&mut lines)?.unwrap_or_default();
        let separator = named_delimiter(&header);
        if separator.is_some() {
            header = text(&mut lines)?.unwrap_or_default();
        }
        let delimiter = form.delimiter.or(separator).unwrap_or_else(|| delimiter_of(&header));
        let mut names = cells(&header, delimiter);
        // A spreadsheet writes the columns that were ever used.
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        Ok(Self { header_line: lines.number().max(1), lines, delimiter, is_exact: form.exact, names })
    }

    /// The names of the header, as it has them.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of the header's line.
    pub(super) fn header_line(&self) -> u64 {
        self.header_line
    }

    /// What separates cells.
    pub(super) fn delimiter(&self) -> char {
        self.delimiter
    }

    /// In which encoding what was read so far is.
    pub(super) fn encoding(&self) -> TextEncoding {
        self.lines.encoding()
    }

    /// Whether a point in a number may as well separate thousands: where a comma separates cells, decimals have a
    /// point.
    pub(super) fn has_decimal_points(&self) -> bool {
        self.delimiter != ';'
    }

    /// Bytes read, of the file as UTF-8.
    pub(super) fn bytes(&self) -> u64 {
        self.lines.bytes()
    }

    /// The next row that is not empty. Rows of empty cells, which spreadsheets leave at the end, are passed over.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, TableFault> {
        loop {
            let Some(line) = self.lines.next_line()? else { return Ok(None) };
            let number = line.number;
            let cells = if self.is_exact { self.exact(number)? } else { trimmed(&line, self.delimiter) };
            if cells.as_ref().is_ok_and(|cells| cells.iter().all(String::is_empty)) {
                continue;
            }
            return Ok(Some(Row { line: number, cells: cells.and_then(|cells| fitted(cells, self.names.len())) }));
        }
    }

    /// The cells of the last line with every blank that they have, and of those after it while a quote is open.
    fn exact(&mut self, number: u64) -> Result<Result<Vec<String>, RowFault>, TableFault> {
        let mut quotes = Quotes::new(self.delimiter);
        quotes.pass(self.lines.raw());
        while quotes.are_open() {
            let Some(added) = self.lines.join_next()? else { return Ok(Err(RowFault::OpenQuote)) };
            quotes.pass(self.lines.raw().get(added..).unwrap_or_default());
        }
        let text = self.lines.line(number).text;
        Ok(text.map(|text| exact_cells(&text, self.delimiter)).ok_or(RowFault::NotText))
    }
}

/// The cells of a line, trimmed; none of them reaches into the next line.
fn trimmed(line: &Line<'_>, delimiter: char) -> Result<Vec<String>, RowFault> {
    match line.trimmed() {
        None => Err(RowFault::NotText),
        Some(text) if text.matches('"').count() % 2 == 1 => Err(RowFault::OpenQuote),
        Some(text) => Ok(cells(text, delimiter)),
    }
}

/// As many cells as the header has; empty ones beyond are dropped.
fn fitted(mut cells: Vec<String>, expected: usize) -> Result<Vec<Cell>, RowFault> {
    let found = cells.len();
    if found < expected || cells.iter().skip(expected).any(|cell| !cell.is_empty()) {
        return Err(RowFault::FieldCount { found, expected });
    }
    cells.truncate(expected);
    Ok(cells.into_iter().map(Cell::written).collect())
}

fn text<R: Read>(lines: &mut Lines<R>) -> Result<Option<String>, TableFault> {
    let Some(line) = lines.next_line()? else { return Ok(None) };
    line.trimmed().map(|text| Some(text.to_owned())).ok_or(TableFault::NotText { line: line.number })
}

/// The delimiter of a line `sep=;`, by which a file says how spreadsheets are to read it.
fn named_delimiter(line: &str) -> Option<char> {
    let named = line.trim_matches('"').strip_prefix("sep=").or_else(|| line.trim_matches('"').strip_prefix("SEP="))?;
    match named {
        "" | "\t" => Some('\t'),
        ";" => Some(';'),
        "," => Some(','),
        "|" => Some('|'),
        _ => None,
    }
}

/// The delimiter of a file: a tab, or a semicolon as spreadsheets of Spanish-speaking countries write it, or a comma.
/// Names of columns hold no tabs, and commas now and then, seldom semicolons: what is there more often counts.
fn delimiter_of(header: &str) -> char {
    let header = header.trim();
    if header.contains('\t') {
        return '\t';
    }
    // What stands in quotes is of a name.
    let count = |delimiter| header.split('"').step_by(2).map(|part| part.matches(delimiter).count()).sum::<usize>();
    if count(';') > 0 && count(';') >= count(',') { ';' } else { ',' }
}

/// The cells of a line, trimmed; quotes as in RFC 4180, though none reaches into the next line.
fn cells(line: &str, delimiter: char) -> Vec<String> {
    if !line.contains('"') {
        return line.split(delimiter).map(|cell| cell.trim().to_owned()).collect();
    }
    quoted_cells(line, delimiter, csv::Trim::All)
}

/// The cells of a line as they stand there; quotes as in RFC 4180.
fn exact_cells(line: &str, delimiter: char) -> Vec<String> {
    if !line.contains('"') {
        return line.split(delimiter).map(str::to_owned).collect();
    }
    quoted_cells(line, delimiter, csv::Trim::None)
}

fn quoted_cells(line: &str, delimiter: char, trim: csv::Trim) -> Vec<String> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(delimiter).has_headers(false).flexible(true).trim(trim);
    let record = reader.from_reader(line.as_bytes()).into_records().next();
    record.and_then(Result::ok).map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default()
}
