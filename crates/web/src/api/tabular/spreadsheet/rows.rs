//! The rows of a sheet.

use std::sync::Arc;

use chrono::{NaiveDateTime, NaiveTime};
use quick_xml::events::{BytesStart, Event};

use super::attributes::{attribute, push_reference};
use super::formats::Shown;
use super::serial::time_of;
use super::strings::Run;
use super::xml::Xml;
use super::{Shared, WorkbookFault};
use crate::api::tabular::{Cell, CellKind, LONGEST_LINE, Row, RowFault, TableFault};

/// Columns of a table, at most.
const MOST_COLUMNS: usize = 256;
/// The last row and the last column of any sheet.
const LAST_ROW: u64 = 1_048_576;
const LAST_COLUMN: usize = 16_384;
/// How a formula without a stored result is told.
const WITHOUT_RESULT: &str = "=";

/// Reads a sheet row by row; in memory is one row.
pub(in crate::api::tabular) struct SheetRows {
    cells: Cells,
    names: Vec<String>,
    header_line: u64,
}

/// A row as the sheet has it: cells that are not empty, with their columns, in order.
struct Found {
    line: u64,
    cells: Vec<(usize, Cell)>,
}

/// Finds the rows of a sheet.
struct Cells {
    xml: Xml,
    shared: Arc<Shared>,
    /// The row that was read last.
    line: u64,
    ended: bool,
}

/// A cell while it is read.
#[derive(Default)]
struct Open {
    kind: String,
    format: Option<usize>,
    value: String,
    has_formula: bool,
    in_value: bool,
    in_text: bool,
    run: Run,
}

impl SheetRows {
    /// Begins to read: the first row that is not empty is the header.
    pub(super) fn open(xml: Xml, shared: Arc<Shared>) -> Result<Self, TableFault> {
        let mut cells = Cells { xml, shared, line: 0, ended: false };
        cells.begin()?;
        let Some(header) = cells.next_row()? else { return Ok(Self { cells, names: Vec::new(), header_line: 1 }) };
        let width = header.width();
        if width > MOST_COLUMNS {
            return Err(WorkbookFault::TooLarge.into());
        }
        let mut names = vec![String::new(); width];
        for (column, cell) in &header.cells {
            names.iter_mut().skip(*column).take(1).for_each(|name| cell.as_str().clone_into(name));
        }
        Ok(Self { cells, names, header_line: header.line })
    }

    pub(in crate::api::tabular) fn names(&self) -> &[String] {
        &self.names
    }

    pub(in crate::api::tabular) fn header_line(&self) -> u64 {
        self.header_line
    }

    pub(in crate::api::tabular) fn bytes(&self) -> u64 {
        self.cells.xml.bytes()
    }

    /// The next row that is not empty. A sheet leaves empty cells out, so they are put back.
    pub(in crate::api::tabular) fn next_row(&mut self) -> Result<Option<Row>, TableFault> {
        let Some(found) = self.cells.next_row()? else { return Ok(None) };
        let (line, expected, width) = (found.line, self.names.len(), found.width());
        if width > expected {
            return Ok(Some(Row { line, cells: Err(RowFault::FieldCount { found: width, expected }) }));
        }
        let mut cells = Vec::with_capacity(expected);
        for (column, cell) in found.cells {
            cells.resize_with(column, || Cell::written(String::new()));
            cells.push(cell);
        }
        cells.resize_with(expected, || Cell::written(String::new()));
        Ok(Some(Row { line, cells: Ok(cells) }))
    }
}

impl Found {
    /// Columns up to the last one that is not empty.
    fn width(&self) -> usize {
        self.cells.last().map_or(0, |(column, _)| column + 1)
    }
}

impl Cells {
    /// Reads up to the rows. What stands before them, such as dimensions, is not believed.
    fn begin(&mut self) -> Result<(), WorkbookFault> {
        loop {
            match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "sheetData" => return Ok(()),
                Event::Eof => return Err(WorkbookFault::Damaged),
                _ => {}
            }
        }
    }

    /// The next row that is not empty.
    fn next_row(&mut self) -> Result<Option<Found>, TableFault> {
        if self.ended {
            return Ok(None);
        }
        loop {
            let told = match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "row" => attribute(&element, "r")?
                    .map(|number| number.trim().parse::<u64>().map_err(|_| WorkbookFault::Damaged))
                    .transpose()?,
                Event::End(element) if element.local_name().as_ref() == "sheetData" => {
                    self.ended = true;
                    self.xml.finish()?;
                    return Ok(None);
                }
                Event::Eof => return Err(WorkbookFault::Damaged.into()),
                _ => continue,
            };
            let line = told.unwrap_or(self.line + 1);
            if line <= self.line || line > LAST_ROW {
                return Err(WorkbookFault::Damaged.into());
            }
            self.line = line;
            let cells = self.row(line)?;
            if !cells.is_empty() {
                return Ok(Some(Found { line, cells }));
            }
        }
    }

    /// The cells of the row that begins, without empty ones.
    fn row(&mut self, line: u64) -> Result<Vec<(usize, Cell)>, TableFault> {
        let (mut cells, mut next, mut bytes) = (Vec::new(), 0, 0);
        loop {
            let (column, open) = match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "c" => begun(&element, next)?,
                Event::End(element) if element.local_name().as_ref() == "row" => return Ok(cells),
                Event::Eof => return Err(WorkbookFault::Damaged.into()),
                _ => continue,
            };
            next = column + 1;
            let cell = self.cell(open, line)?;
            if !cell.is_empty() {
                bytes += cell.as_str().len() + size_of::<Cell>();
                cells.push((column, cell));
            }
            if bytes > LONGEST_LINE {
                return Err(TableFault::TooLong { line });
            }
        }
    }

    /// The cell that begins.
    fn cell(&mut self, mut open: Open, line: u64) -> Result<Cell, TableFault> {
        loop {
            let event = self.xml.next()?;
            match &event {
                Event::End(element) if element.local_name().as_ref() == "c" => break,
                Event::Eof => return Err(WorkbookFault::Damaged.into()),
                _ => open.take(&event)?,
            }
            if open.value.len() > LONGEST_LINE {
                return Err(TableFault::TooLong { line });
            }
        }
        Ok(open.end(&self.shared)?)
    }
}

/// The column and the beginning of a cell. Columns ascend, and the next one need not be named.
fn begun(element: &BytesStart<'_>, next: usize) -> Result<(usize, Open), WorkbookFault> {
    let column = match attribute(element, "r")? {
        Some(place) => column(&place).ok_or(WorkbookFault::Damaged)?,
        None => next,
    };
    if column < next || column >= LAST_COLUMN {
        return Err(WorkbookFault::Damaged);
    }
    let kind = attribute(element, "t")?.unwrap_or_default().into_owned();
    let format = attribute(element, "s")?.and_then(|format| format.trim().parse().ok());
    Ok((column, Open { kind, format, ..Open::default() }))
}

/// The column of a place such as `AB12`, the first being 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters
        .take(4)
        .fold(0, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase().saturating_sub(b'A')) + 1);
    number.checked_sub(1)
}

impl Open {
    fn take(&mut self, event: &Event<'_>) -> Result<(), WorkbookFault> {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "v" => self.in_value = true,
                "f" => self.has_formula = true,
                "is" => self.in_text = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "v" => self.in_value = false,
                "is" => self.in_text = false,
                _ => {}
            },
            Event::Text(piece) if self.in_value => self.value.push_str(piece),
            Event::CData(piece) if self.in_value => self.value.push_str(piece),
            Event::GeneralRef(reference) if self.in_value => push_reference(&mut self.value, reference)?,
            _ => {}
        }
        if self.in_text { self.run.take(event, &mut self.value) } else { Ok(()) }
    }

    /// The cell that was read: a formula is its stored result.
    fn end(self, shared: &Shared) -> Result<Cell, WorkbookFault> {
        let text = self.value.trim();
        if text.is_empty() && self.has_formula {
            return Ok(Cell::of(CellKind::Unusable, WITHOUT_RESULT.to_owned()));
        }
        Ok(match self.kind.as_str() {
            _ if text.is_empty() => Cell::written(String::new()),
            "s" => {
                let index = text.parse().map_err(|_| WorkbookFault::Damaged)?;
                Cell::written(shared.strings.get(index).ok_or(WorkbookFault::Damaged)?.trim().to_owned())
            }
            "b" => {
                let is_true = super::attributes::is_true(text);
                Cell::of(CellKind::Unusable, if is_true { "TRUE" } else { "FALSE" }.to_owned())
            }
            "e" => Cell::of(CellKind::Unusable, text.to_owned()),
            "" | "n" => number(text, self.format.map_or(Shown::Number, |format| shared.formats.shown(format)), shared),
            // Texts of formulas and of cells alone, and dates as ISO 8601 writes them.
            _ => Cell::written(text.to_owned()),
        })
    }
}

/// A number as its format shows it.
fn number(text: &str, shown: Shown, shared: &Shared) -> Cell {
    let unusable = || Cell::of(CellKind::Unusable, text.to_owned());
    let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite()) else { return unusable() };
    match shown {
        Shown::Number => Cell::of(CellKind::Number, number.to_string()),
        Shown::Time => {
            time_of(number, shared.from_1904).map_or_else(unusable, |time| Cell::of(CellKind::Time, written(time)))
        }
        Shown::Duration => unusable(),
    }
}

/// A time as it would be typed: midnight is a date alone.
fn written(time: NaiveDateTime) -> String {
    let form = if time.time() == NaiveTime::MIN { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S%.f" };
    time.format(form).to_string()
}
