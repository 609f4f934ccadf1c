//! Files of many series, `unique_id,ds,y`: read one series after another, so that a file may be larger than memory.
//!
//! Not here: what a series has to be to be forecast; that is the prediction crate's rule.

mod time;

use std::collections::HashSet;
use std::io::{self, Read};

use atalaya_prediction::Sequence;
use atalaya_web::tabular::{
    DateEvidence, DateOrder, NumberFault, NumberForm, Row as TableRow, RowFault, Rows, Separators, TableFault,
    TimeFault,
};
use chrono::NaiveDateTime;
use xxhash_rust::xxh3::xxh3_128;

pub use time::{ClockForm, TimeForm, Zone};
use time::{Clocks, Stamp, Times};

/// The rows of one id that stand together.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedSeries {
    /// The id, as the file has it.
    pub id: String,
    /// Times as the clocks on the wall showed them and values, in the order of the file; rows without a value are left
    /// out.
    pub points: Vec<(NaiveDateTime, f64)>,
    /// The times on the last offset from UTC, where clocks changed: for points that are hours apart.
    pub instants: Option<Vec<NaiveDateTime>>,
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
    /// A date whose day and month may be the one or the other.
    #[error("ds {0:?} may be a day or a month first, and no row of the file tells; --date-format dd/mm/yyyy tells")]
    AmbiguousDate(String),
    /// A number with a separator of decimals or of thousands.
    #[error("y {0:?} may have decimals or thousands, and no row of the file tells; write it without thousands")]
    AmbiguousNumber(String),
    /// Bytes that are no text.
    #[error("the line is no text in UTF-8, UTF-16 or Windows-1252")]
    NotText,
    /// A quote without its end.
    #[error("a quote does not end in its line")]
    OpenQuote,
    /// A line that is too long for any table.
    #[error("the line is longer than {} bytes", atalaya_web::tabular::LONGEST_LINE)]
    TooLong,
}

impl From<TableFault> for SeriesFileError {
    fn from(fault: TableFault) -> Self {
        match fault {
            TableFault::TooLong { line } => Self::Malformed { line, fault: Fault::TooLong },
            TableFault::NotText { line } => Self::Malformed { line, fault: Fault::NotText },
            TableFault::Io(source) => Self::Io(source),
        }
    }
}

/// Where each column stands.
#[derive(Debug, Clone, Copy)]
struct Columns {
    id: usize,
    time: usize,
    value: usize,
}

/// How the columns of a file are written: what the rest of a column tells of each of its cells.
#[derive(Debug, Clone, Copy)]
pub struct Forms {
    dates: Option<DateOrder>,
    numbers: NumberForm,
}

impl Forms {
    /// Reads a whole file for how its times and numbers are written. What is wrong in it is told when it is read again.
    ///
    /// # Errors
    /// [`SeriesFileError`] where the header lacks one of the three columns.
    pub fn of<R: Read>(reader: R, dates: Option<DateOrder>) -> Result<Self, SeriesFileError> {
        let mut rows = Rows::open(reader)?;
        let columns = columns(&rows)?;
        let (mut evidence, mut separators) = (DateEvidence::default(), Separators::default());
        while let Ok(Some(row)) = rows.next_row() {
            let Ok(cells) = row.cells else { continue };
            let cell = |place: usize| cells.get(place).map(String::as_str).unwrap_or_default();
            evidence.note(cell(columns.time));
            separators.note(cell(columns.value));
        }
        let numbers = separators.settle(rows.has_decimal_points());
        Ok(Self { dates: dates.or_else(|| evidence.settle()), numbers })
    }
}

impl NamedSeries {
    /// Its points with the times on the last offset; `None` where clocks did not change.
    #[must_use]
    pub fn on_one_offset(&self) -> Option<Vec<(NaiveDateTime, f64)>> {
        let values = self.points.iter().map(|(_, value)| *value);
        self.instants.as_ref().map(|instants| instants.iter().copied().zip(values).collect())
    }
}

struct Row {
    id: String,
    stamp: Stamp,
    value: Option<f64>,
    line: u64,
}

/// Reads the series of a file one by one; it ends at the first line that breaks a rule. Columns other than the three
/// are passed over. In memory are one series and 16 bytes for each id that was read.
pub struct SeriesFile<R: Read> {
    rows: Rows<R>,
    columns: Columns,
    forms: Forms,
    next: Option<Row>,
    seen: HashSet<u128>,
    ended: bool,
}

impl<R: Read> SeriesFile<R> {
    /// Rows of a series that are kept, at most: more than its steps may be, for rows that share a time.
    pub const MOST_ROWS: usize = 2 * Sequence::LONGEST;

    /// Begins to read: the header. `forms` are [`Forms::of`] the same file.
    ///
    /// # Errors
    /// [`SeriesFileError`] where the header lacks one of the three columns.
    pub fn open(reader: R, forms: Forms) -> Result<Self, SeriesFileError> {
        let rows = Rows::open(reader)?;
        let columns = columns(&rows)?;
        Ok(Self { rows, columns, forms, next: None, seen: HashSet::new(), ended: false })
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
        let mut times = Times::new();
        let mut cut = false;
        let mut bytes = self.rows.bytes();
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
            bytes = self.rows.bytes();
            current = self.row()?;
        }
        let Clocks { wall, instants, form } = times.finish();
        Ok(Some(NamedSeries { id, points: wall.into_iter().zip(values).collect(), instants, form, cut, bytes }))
    }

    fn row(&mut self) -> Result<Option<Row>, SeriesFileError> {
        let Some(read) = self.rows.next_row()? else { return Ok(None) };
        let line = read.line;
        match row(read, self.columns, self.forms) {
            Ok((id, stamp, value)) => Ok(Some(Row { id, stamp, value, line })),
            Err(fault) => Err(SeriesFileError::Malformed { line, fault }),
        }
    }
}

impl<R: Read> Iterator for SeriesFile<R> {
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

fn columns<R: Read>(rows: &Rows<R>) -> Result<Columns, SeriesFileError> {
    let names: Vec<String> = rows.names().iter().map(|name| name.to_lowercase()).collect();
    let place = |name: &'static str| {
        let mut places = names.iter().enumerate().filter(|(_, found)| *found == name).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(Fault::RepeatedColumn(name)),
            (None, _) => Err(Fault::MissingColumn(name)),
        }
    };
    let found = || Ok(Columns { id: place("unique_id")?, time: place("ds")?, value: place("y")? });
    found().map_err(|fault| SeriesFileError::Malformed { line: rows.header_line(), fault })
}

fn row(read: TableRow, columns: Columns, forms: Forms) -> Result<(String, Stamp, Option<f64>), Fault> {
    let cells = read.cells.map_err(|fault| match fault {
        RowFault::FieldCount { found, expected } => Fault::FieldCount { found, expected },
        RowFault::OpenQuote => Fault::OpenQuote,
        RowFault::NotText => Fault::NotText,
    })?;
    let cell = |place: usize| cells.get(place).map(String::as_str).unwrap_or_default();
    let (id, time, value) = (cell(columns.id), cell(columns.time), cell(columns.value));
    if id.is_empty() {
        return Err(Fault::NoId);
    }
    let stamp = Stamp::parse(time, forms.dates).map_err(|fault| match fault {
        TimeFault::Invalid => Fault::InvalidTime(shortened(time)),
        TimeFault::Ambiguous => Fault::AmbiguousDate(shortened(time)),
    })?;
    let number = |text: &str| {
        forms.numbers.number(text).map_err(|fault| match fault {
            NumberFault::NotANumber => Fault::NotANumber(shortened(text)),
            NumberFault::Ambiguous => Fault::AmbiguousNumber(shortened(text)),
        })
    };
    let value = if value.is_empty() { None } else { Some(number(value)?) };
    Ok((id.to_owned(), stamp, value))
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
