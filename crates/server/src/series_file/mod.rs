//! Files of series: many (`unique_id,ds,y`) or one (`ds,y`). They are read one series after another, so that a file
//! may be larger than memory.
//!
//! Not here: what a series has to be to be forecast; that is the prediction crate's rule.

mod faults;
mod time;

use std::collections::HashSet;
use std::sync::Arc;

use atalaya_prediction::Sequence;
use atalaya_web::tabular::columns::Column;
use atalaya_web::tabular::{
    Cell, CellKind, DateEvidence, DateOrder, NumberFault, NumberForm, Row as TableRow, Rows, Separators, Table,
    TimeFault,
};
use chrono::NaiveDateTime;
use xxhash_rust::xxh3::xxh3_128;

use faults::Refusals;
pub use faults::{Fault, Refused, SeriesFileError};
pub use time::{ClockForm, TimeForm, Zone};
use time::{Clocks, Stamp, Times};

/// What the values of a file count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// Followers of an account.
    Followers,
    /// What the column of that name holds.
    Column(Arc<str>),
}

/// The rows of one id that stand together.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedSeries {
    /// The id, as the file has it; the name of the file, where it has no column of ids.
    pub id: String,
    /// What the values count.
    pub measured: Measured,
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

/// Where each column stands.
#[derive(Debug, Clone, Copy)]
struct Columns {
    /// `None` where the file is one series.
    id: Option<usize>,
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
    /// Reads a whole table for how its times and numbers are written. What is wrong in it is told when it is read
    /// again.
    ///
    /// # Errors
    /// [`SeriesFileError`] where the header lacks a column of times or one of values.
    pub fn of(table: &Table, dates: Option<DateOrder>) -> Result<Self, SeriesFileError> {
        let mut rows = table.rows()?;
        let columns = columns(&rows)?;
        let (mut evidence, mut separators) = (DateEvidence::default(), Separators::default());
        while let Ok(Some(row)) = rows.next_row() {
            let Ok(cells) = row.cells else { continue };
            if let Some(cell) = cells.get(columns.time) {
                cell.note_date(&mut evidence);
            }
            if let Some(cell) = cells.get(columns.value) {
                cell.note_number(&mut separators);
            }
        }
        let is_of_counts =
            rows.names().get(columns.value).and_then(|name| Column::named(name)) == Some(Column::Followers);
        let numbers = if is_of_counts {
            separators.of_whole_numbers().settle(false)
        } else {
            separators.settle(rows.has_decimal_points())
        };
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

/// Reads the series of a file one by one. At the first line that breaks a rule no more series come: the rest is only
/// looked through for what else is wrong. Columns other than those of ids, times and values are passed over. In memory
/// are one series and 16 bytes for each id that was read.
pub struct SeriesFile {
    rows: Rows,
    /// What the series is called where the file has no column of ids.
    name: String,
    measured: Measured,
    columns: Columns,
    forms: Forms,
    next: Option<Row>,
    seen: HashSet<u128>,
    ended: bool,
}

impl SeriesFile {
    /// Rows of a series that are kept, at most: more than its steps may be, for rows that share a time.
    pub const MOST_ROWS: usize = 2 * Sequence::LONGEST;

    /// Begins to read: the header. `forms` are [`Forms::of`] the same table, and `name` is what its series is called
    /// where it is only one.
    ///
    /// # Errors
    /// [`SeriesFileError`] where the header lacks a column of times or one of values.
    pub fn open(table: &Table, forms: Forms, name: &str) -> Result<Self, SeriesFileError> {
        let rows = table.rows()?;
        let columns = columns(&rows)?;
        let header = rows.names().get(columns.value).map_or("", String::as_str);
        let measured = match Column::named(header) {
            Some(Column::Followers) => Measured::Followers,
            _ => Measured::Column(header.trim().into()),
        };
        let name = name.to_owned();
        Ok(Self { rows, name, measured, columns, forms, next: None, seen: HashSet::new(), ended: false })
    }

    fn series(&mut self) -> Result<Option<NamedSeries>, SeriesFileError> {
        let first = match self.next.take() {
            Some(row) => row,
            None => match self.row("")? {
                Some(row) => row,
                None => return Ok(None),
            },
        };
        if !self.seen.insert(xxh3_128(first.id.as_bytes())) {
            return Err(self.refuse(first.line, Fault::Scattered(shortened(&first.id)), first.id));
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
                return Err(self.refuse(row.line, Fault::MixedZones, id));
            }
            cut |= values.len() == Self::MOST_ROWS;
            if let (Some(value), false) = (row.value, cut) {
                times.push(&row.stamp);
                values.push(value);
            }
            bytes = self.rows.bytes();
            current = self.row(&id)?;
        }
        let Clocks { wall, instants, form } = times.finish();
        let (measured, points) = (self.measured.clone(), wall.into_iter().zip(values).collect());
        Ok(Some(NamedSeries { id, measured, points, instants, form, cut, bytes }))
    }

    fn row(&mut self, id: &str) -> Result<Option<Row>, SeriesFileError> {
        let Some(read) = self.rows.next_row()? else { return Ok(None) };
        let line = read.line;
        match row(read, self.columns, self.forms, &self.name) {
            Ok((id, stamp, value)) => Ok(Some(Row { id, stamp, value, line })),
            Err(fault) => Err(self.refuse(line, fault, id.to_owned())),
        }
    }

    /// Why the file is refused: what is wrong with that line, and with the lines after it. `id` is of the line before.
    fn refuse(&mut self, line: u64, fault: Fault, mut id: String) -> SeriesFileError {
        let mut refusals = Refusals::default();
        refusals.add(line, fault);
        loop {
            // Where there is no reading on, what was found so far is enough to refuse the file.
            let Ok(Some(read)) = self.rows.next_row() else { return refusals.into_error() };
            let line = read.line;
            match row(read, self.columns, self.forms, &self.name) {
                Ok((next, ..)) if next == id => {}
                Ok((next, ..)) => {
                    if !self.seen.insert(xxh3_128(next.as_bytes())) {
                        refusals.add(line, Fault::Scattered(shortened(&next)));
                    }
                    id = next;
                }
                Err(fault) => refusals.add(line, fault),
            }
        }
    }
}

impl Iterator for SeriesFile {
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

/// Where the columns stand. Without a column of ids the accounts are the series, or else a column `id`; without any of
/// them the file is one series. Followers are values where no column of values is.
fn columns(rows: &Rows) -> Result<Columns, SeriesFileError> {
    let names: Vec<Option<Column>> = rows.names().iter().map(|name| Column::named(name)).collect();
    let place = |wanted: Column| {
        let mut places = names.iter().enumerate().filter(|(_, found)| **found == Some(wanted)).map(|(place, _)| place);
        let name = |place: usize| rows.names().get(place).map(|name| shortened(name)).unwrap_or_default();
        match (places.next(), places.next()) {
            (Some(first), Some(second)) => Err(Fault::RepeatedColumn { first: name(first), second: name(second) }),
            (place, _) => Ok(place),
        }
    };
    let first_of = |wanted: &[Column]| wanted.iter().find_map(|column| place(*column).transpose()).transpose();
    let found = || {
        let id = first_of(&[Column::Series, Column::Account, Column::Id])?;
        let time = place(Column::Time)?.ok_or(Fault::NoTimes)?;
        let value = first_of(&[Column::Value, Column::Followers])?.ok_or(Fault::NoValues)?;
        Ok(Columns { id, time, value })
    };
    found().map_err(|fault| SeriesFileError::of_line(rows.header_line(), fault))
}

fn row(read: TableRow, columns: Columns, forms: Forms, name: &str) -> Result<(String, Stamp, Option<f64>), Fault> {
    let cells = read.cells?;
    let cell = |place: usize| cells.get(place);
    let id = match columns.id.map(cell) {
        None => name,
        Some(Some(id)) if id.kind() == CellKind::Unusable => return Err(Fault::Unusable(shortened(id.as_str()))),
        Some(id) => id.map_or("", Cell::as_str),
    };
    if id.is_empty() {
        return Err(Fault::NoId);
    }
    let time = cell(columns.time).map_or("", Cell::as_str);
    let stamp = Stamp::parse(time, forms.dates).map_err(|fault| match fault {
        TimeFault::Invalid => Fault::InvalidTime(shortened(time)),
        TimeFault::Ambiguous => Fault::AmbiguousDate(shortened(time)),
    })?;
    let number = |cell: &Cell| {
        cell.number(forms.numbers).map_err(|fault| match fault {
            _ if cell.kind() == CellKind::Unusable => Fault::Unusable(shortened(cell.as_str())),
            NumberFault::NotANumber => Fault::NotANumber(shortened(cell.as_str())),
            NumberFault::Ambiguous => Fault::AmbiguousNumber(shortened(cell.as_str())),
        })
    };
    let value = cell(columns.value).filter(|cell| !cell.is_empty()).map(number).transpose()?;
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
