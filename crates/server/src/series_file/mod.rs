//! Files of many series, `unique_id,ds,y`: read one series after another, so that a file may be larger than memory.
//!
//! Not here: what a series has to be to be forecast; that is the prediction crate's rule.

mod time;

use std::collections::HashSet;
use std::io::{self, BufRead, Read};

use atalaya_prediction::Sequence;
use chrono::NaiveDateTime;
use xxhash_rust::xxh3::xxh3_128;

pub use time::TimeForm;
use time::{Stamp, Times};

/// The rows of one id that stand together.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedSeries {
    /// The id, as the file has it.
    pub id: String,
    /// Times and values, in the order of the file; rows without a value are left out.
    pub points: Vec<(NaiveDateTime, f64)>,
    /// How the file writes times.
    pub form: TimeForm,
    /// Whether there were more rows than [`SeriesFile::MOST_ROWS`]: the rest is left out.
    pub cut: bool,
    /// Bytes of the file up to the end of this series.
    pub bytes: u64,
}

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum SeriesFileError {
    /// A line that breaks a rule.
    #[error("line {line}: {fault}")]
    Malformed {
        /// Its number; the header is line 1.
        line: u64,
        /// Which rule.
        fault: Fault,
    },
    /// The file itself.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The header lacks a column.
    #[error("the column {0} is missing; the header is unique_id,ds,y (of one account's file: hora,seguidores)")]
    MissingColumn(&'static str),
    /// The header names a column twice.
    #[error("the column {0} is there twice")]
    RepeatedColumn(&'static str),
    /// More or fewer cells than the header has.
    #[error("{found} columns; the header has {expected}")]
    FieldCount {
        /// Cells of the line.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// No id.
    #[error("unique_id is empty")]
    NoId,
    /// Neither a date nor a time that exists.
    #[error("ds {0:?} is no date YYYY-MM-DD and no time that exists")]
    InvalidTime(String),
    /// Times with a zone among times without one.
    #[error("ds has a zone in some rows of this series and none in others")]
    MixedZones,
    /// Not a finite number.
    #[error("y {0:?} is no number; it is left empty where there is no value")]
    NotANumber(String),
    /// An id that was there before, with others between.
    #[error("{0:?} was there before, with other series between; sort the file by unique_id")]
    Scattered(String),
    /// Bytes that are no UTF-8.
    #[error("the line is no UTF-8 text")]
    NotUtf8,
    /// A line of more than [`SeriesFile::LONGEST_LINE`] bytes.
    #[error("the line is longer than {} bytes", SeriesFile::<&[u8]>::LONGEST_LINE)]
    TooLong,
}

/// Where each column stands.
#[derive(Debug, Clone, Copy)]
struct Columns {
    id: usize,
    time: usize,
    value: usize,
    count: usize,
    delimiter: char,
}

struct Row {
    id: String,
    stamp: Stamp,
    value: Option<f64>,
    line: u64,
}

/// Reads the series of a file one by one; it ends at the first line that breaks a rule. Columns other than the three are
/// passed over. In memory are one series and 16 bytes for each id that was read.
pub struct SeriesFile<R> {
    lines: Lines<R>,
    columns: Columns,
    next: Option<Row>,
    seen: HashSet<u128>,
    ended: bool,
}

impl<R: BufRead> SeriesFile<R> {
    /// Bytes of a line, at most.
    pub const LONGEST_LINE: u32 = 1 << 20;
    /// Rows of a series that are kept, at most: more than its steps may be, for rows that share a time.
    pub const MOST_ROWS: usize = 2 * Sequence::LONGEST;

    /// Begins to read: the header.
    ///
    /// # Errors
    /// [`SeriesFileError`] where the header lacks one of the three columns.
    pub fn open(reader: R) -> Result<Self, SeriesFileError> {
        let mut lines = Lines { reader, buffer: Vec::new(), line: 0, bytes: 0 };
        let header = lines.next()?.unwrap_or_default();
        let columns = columns(header).map_err(|fault| SeriesFileError::Malformed { line: 1, fault })?;
        Ok(Self { lines, columns, next: None, seen: HashSet::new(), ended: false })
    }

    fn series(&mut self) -> Result<Option<NamedSeries>, SeriesFileError> {
        let first = match self.next.take() {
            Some(row) => row,
            None => match self.row()? {
                Some(row) => row,
                None => return Ok(None),
            },
        };
        if !self.seen.insert(xxh3_128(first.id.as_bytes())) {
            return Err(SeriesFileError::Malformed { line: first.line, fault: Fault::Scattered(shortened(&first.id)) });
        }
        let id = first.id.clone();
        let mut values = Vec::new();
        let mut times = Times::of(&first.stamp);
        let mut cut = false;
        let mut bytes = self.lines.bytes;
        let mut current = Some(first);
        while let Some(row) = current.take() {
            if row.id != id {
                self.next = Some(row);
                break;
            }
            if !times.fit(&row.stamp) {
                return Err(SeriesFileError::Malformed { line: row.line, fault: Fault::MixedZones });
            }
            cut |= values.len() == Self::MOST_ROWS;
            if let (Some(value), false) = (row.value, cut) {
                times.push(&row.stamp);
                values.push(value);
            }
            bytes = self.lines.bytes;
            current = self.row()?;
        }
        let (times, form) = times.finish();
        Ok(Some(NamedSeries { id, points: times.into_iter().zip(values).collect(), form, cut, bytes }))
    }

    fn row(&mut self) -> Result<Option<Row>, SeriesFileError> {
        let Some(text) = self.lines.next()? else { return Ok(None) };
        let parsed = row(text, self.columns);
        let line = self.lines.line;
        match parsed {
            Ok((id, stamp, value)) => Ok(Some(Row { id, stamp, value, line })),
            Err(fault) => Err(SeriesFileError::Malformed { line, fault }),
        }
    }
}

impl<R: BufRead> Iterator for SeriesFile<R> {
    type Item = Result<NamedSeries, SeriesFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let series = self.series().transpose();
        self.ended = !matches!(series, Some(Ok(_)));
        series
    }
}

/// The lines of a file that are not empty, counted from 1.
struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    line: u64,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// The next line without its end.
    fn next(&mut self) -> Result<Option<&str>, SeriesFileError> {
        let longest = SeriesFile::<R>::LONGEST_LINE;
        loop {
            self.buffer.clear();
            let mut limited = (&mut self.reader).take(u64::from(longest) + 1);
            let read = limited.read_until(b'\n', &mut self.buffer)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            self.bytes = self.bytes.saturating_add(read);
            if read > u64::from(longest) {
                return Err(SeriesFileError::Malformed { line: self.line, fault: Fault::TooLong });
            }
            if self.line == 1 && self.buffer.starts_with("\u{feff}".as_bytes()) {
                self.buffer.drain(..3);
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        match std::str::from_utf8(self.buffer.trim_ascii()) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(SeriesFileError::Malformed { line: self.line, fault: Fault::NotUtf8 }),
        }
    }
}

/// The delimiter of a file: a comma, or a semicolon as spreadsheets of Spanish-speaking countries write it.
fn delimiter_of(header: &str) -> char {
    if header.contains(';') && !header.contains(',') { ';' } else { ',' }
}

/// The names of a header, in lower case.
#[must_use]
pub fn column_names(header: &str) -> Vec<String> {
    let header = header.trim_start_matches('\u{feff}');
    cells(header, delimiter_of(header)).iter().map(|name| name.to_lowercase()).collect()
}

fn columns(header: &str) -> Result<Columns, Fault> {
    let names = column_names(header);
    let place = |name: &'static str| {
        let mut places = names.iter().enumerate().filter(|(_, found)| *found == name).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(Fault::RepeatedColumn(name)),
            (None, _) => Err(Fault::MissingColumn(name)),
        }
    };
    let (id, time, value) = (place("unique_id")?, place("ds")?, place("y")?);
    Ok(Columns { id, time, value, count: names.len(), delimiter: delimiter_of(header) })
}

fn row(text: &str, columns: Columns) -> Result<(String, Stamp, Option<f64>), Fault> {
    let cells = cells(text, columns.delimiter);
    if cells.len() != columns.count {
        return Err(Fault::FieldCount { found: cells.len(), expected: columns.count });
    }
    let cell = |place: usize| cells.get(place).map(String::as_str).unwrap_or_default();
    let (id, time, value) = (cell(columns.id), cell(columns.time), cell(columns.value));
    if id.is_empty() {
        return Err(Fault::NoId);
    }
    let stamp = Stamp::parse(time).ok_or_else(|| Fault::InvalidTime(shortened(time)))?;
    let value = match value {
        "" => None,
        text => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            Some(number.ok_or_else(|| Fault::NotANumber(shortened(text)))?)
        }
    };
    Ok((id.to_owned(), stamp, value))
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

/// A cell for a message.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
