//! A file of records, as the API and the command line read it: looked through once for how it is written, and then
//! read row by row, so that its rows are never in memory together.

use atalaya_application::error::{AppError, Violation};
use atalaya_application::tables::{Detected, ImportCell, ImportQuestion, ImportRow, ImportSource, OpenedRows, RowId};
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{Field, FieldType, Table};
use chrono_tz::Tz;
use uuid::Uuid;

use super::cells::Forms;
pub use super::columns::Told;
use super::columns::{Role, roles};
use crate::api::parse::shortened;
use crate::api::tabular::refusals::{of_row, of_table};
use crate::api::tabular::{self, Cell, DateEvidence, DateOrder, NumberForm, Separators, TableFault, TextForm};

/// What the request calls the sheet of a workbook.
const SHEET: &str = "sheet";
/// The most columns of a file: more than a table has fields.
const MOST_COLUMNS: usize = 1_000;
/// Characters of a cell that are repeated where a rule is broken in it.
const MOST_CHARS: usize = 200;

/// How a file is to be read. What is not told is found out.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The encoding and the delimiter of a text.
    pub text: TextForm,
    /// What separates decimals: a comma or a point.
    pub decimal: Option<char>,
    /// The order of dates.
    pub dates: Option<DateOrder>,
    /// What columns are.
    pub columns: Vec<Told>,
    /// Whether a column `id` says which record a row is about.
    pub reads_ids: bool,
}

/// What a column shows of how it is written.
#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    numbers: Separators,
    dates: DateEvidence,
}

/// What was found out about a file.
#[derive(Debug, Default)]
struct Survey {
    names: Vec<String>,
    header_line: u64,
    columns: Vec<Shown>,
    has_decimal_points: bool,
    encoding: Option<&'static str>,
    delimiter: Option<char>,
}

/// A file to import.
pub struct ImportFile {
    opened: Result<(tabular::Table, Survey), TableFault>,
    reading: Reading,
}

impl ImportFile {
    /// Looks through a file.
    #[must_use]
    pub fn new(table: Result<tabular::Table, TableFault>, reading: Reading) -> Self {
        let form = TextForm { exact: true, ..reading.text };
        let opened = table.map(|table| table.read_as(form)).and_then(|table| {
            let survey = Survey::of(&table)?;
            Ok((table, survey))
        });
        Self { opened, reading }
    }

    fn forms(&self, survey: &Survey, roles: &[Role<'_>], zone: Tz) -> (Forms, Option<ImportQuestion>, Detected) {
        let of_fields = |kinds: [FieldType; 2]| {
            let columns = survey.names.iter().zip(&survey.columns).zip(roles);
            columns.filter_map(move |((name, shown), role)| match role {
                Role::Field(field) if field.kind == FieldType::Integer && kinds.contains(&field.kind) => {
                    Some((name, Shown { numbers: shown.numbers.of_whole_numbers(), ..*shown }))
                }
                Role::Field(field) if kinds.contains(&field.kind) => Some((name, *shown)),
                _ => None,
            })
        };
        let numbers: Vec<_> = of_fields([FieldType::Number, FieldType::Integer]).collect();
        let dates: Vec<_> = of_fields([FieldType::Date, FieldType::DateTime]).collect();
        // A file is written by one program: what one column shows, counts for all.
        let separators = numbers.iter().fold(Separators::default(), |all, (_, shown)| all.and(shown.numbers));
        let evidence = dates.iter().fold(DateEvidence::default(), |all, (_, shown)| all.and(shown.dates));
        let form = match self.reading.decimal {
            Some(',') => NumberForm::WITH_COMMA,
            Some(_) => NumberForm::PLAIN,
            None => separators.settle(survey.has_decimal_points),
        };
        let order = self.reading.dates.or_else(|| evidence.settle());
        let first = |columns: &[(&String, Shown)], doubtful: &dyn Fn(Shown) -> bool| {
            columns.iter().find(|(_, shown)| doubtful(*shown)).map(|(name, _)| shortened(name).to_owned())
        };
        let question = first(&dates, &|shown| shown.dates.leaves_doubt(order)).map(|column| ImportQuestion {
            choice: "date_order",
            line: survey.header_line,
            column,
            options: vec![DateOrder::DayFirst.as_str(), DateOrder::MonthFirst.as_str()],
            unanswered: "ambiguous_date",
        });
        let question = question.or_else(|| {
            first(&numbers, &|shown| shown.numbers.leave_doubt(form)).map(|column| ImportQuestion {
                choice: "decimal",
                line: survey.header_line,
                column,
                options: vec![",", "."],
                unanswered: "ambiguous_number",
            })
        });
        let is_year_first = !dates.is_empty() && !evidence.leaves_doubt(order);
        let order_found = order.or(is_year_first.then_some(DateOrder::YearFirst));
        let detected = Detected {
            encoding: survey.encoding,
            delimiter: survey.delimiter,
            decimal: form.decimal_mark().filter(|_| !numbers.is_empty()),
            date_order: order_found.filter(|_| !dates.is_empty()).map(DateOrder::as_str),
        };
        (Forms { numbers: form, dates: order, zone }, question, detected)
    }
}

impl Survey {
    fn of(table: &tabular::Table) -> Result<Self, TableFault> {
        let mut rows = table.rows()?;
        let mut columns = vec![Shown::default(); rows.names().len()];
        // What cannot be read is told when it is read again.
        while let Ok(Some(row)) = rows.next_row() {
            let Ok(cells) = row.cells else { continue };
            for (shown, cell) in columns.iter_mut().zip(&cells) {
                cell.note_number(&mut shown.numbers);
                cell.note_date(&mut shown.dates);
            }
        }
        Ok(Self {
            names: rows.names().to_vec(),
            header_line: rows.header_line(),
            columns,
            has_decimal_points: rows.has_decimal_points(),
            encoding: rows.encoding().map(tabular::TextEncoding::as_str),
            delimiter: rows.delimiter(),
        })
    }
}

impl ImportSource for ImportFile {
    fn open<'s>(&'s self, table: &Table, zone: Tz) -> Result<OpenedRows<'s>, AppError> {
        let (file, survey) = match &self.opened {
            Ok(opened) => opened,
            Err(fault) => return Ok(refused(of_table(fault, SHEET))),
        };
        if survey.names.len() > MOST_COLUMNS {
            let too_many = Violation::new("file", "too_many").with("max", &MOST_COLUMNS);
            return Ok(refused(too_many.on_line(survey.header_line)));
        }
        let (roles, faults) =
            roles(&survey.names, survey.header_line, table, &self.reading.columns, self.reading.reads_ids)?;
        let (forms, question, detected) = self.forms(survey, &roles, zone);
        let field_name = |role: &Role<'_>| match role {
            Role::Field(field) => Some(field.name.as_str().to_owned()),
            Role::Id => Some(atalaya_application::tables::ImportPlan::ID.to_owned()),
            Role::Unused => None,
        };
        let columns = survey.names.iter().zip(&roles);
        let columns = columns.map(|(name, role)| (name.clone(), field_name(role))).collect();
        let targets = survey.names.iter().zip(roles).map(|(name, role)| Target::of(name, role)).collect();
        let rows: Box<dyn Iterator<Item = _> + Send> = match file.rows() {
            Ok(rows) => Box::new(Rows { read: rows, targets, forms, ended: false }),
            Err(fault) => return Ok(refused(of_table(&fault, SHEET))),
        };
        Ok(OpenedRows { detected, columns, question, faults, rows })
    }
}

/// A file of which no row is read.
fn refused(fault: Violation) -> OpenedRows<'static> {
    OpenedRows {
        detected: Detected::default(),
        columns: Vec::new(),
        question: None,
        faults: vec![fault],
        rows: Box::new(std::iter::empty()),
    }
}

/// What the cells of a column are for.
enum Target {
    Field { column: String, field: Box<Field> },
    Id,
    Unused,
}

impl Target {
    fn of(name: &str, role: Role<'_>) -> Self {
        match role {
            Role::Field(field) => Self::Field { column: shortened(name).to_owned(), field: Box::new(field.clone()) },
            Role::Id => Self::Id,
            Role::Unused => Self::Unused,
        }
    }
}

/// The rows of a file, one after another.
struct Rows {
    read: tabular::Rows,
    targets: Vec<Target>,
    forms: Forms,
    ended: bool,
}

impl Rows {
    fn row(&self, read: tabular::Row) -> ImportRow {
        let mut row = ImportRow { line: read.line, ..ImportRow::default() };
        let cells = match read.cells {
            Ok(cells) => cells,
            Err(fault) => {
                row.fault = Some(of_row(fault, read.line));
                return row;
            }
        };
        for (target, cell) in self.targets.iter().zip(&cells) {
            match target {
                Target::Unused => {}
                Target::Id => row.id = id(cell),
                Target::Field { column, field } => row.cells.push(ImportCell {
                    key: field.name.as_str().to_owned(),
                    column: column.clone(),
                    shown: cell.as_str().chars().take(MOST_CHARS).collect(),
                    written: self.forms.written(field, cell),
                }),
            }
        }
        row
    }
}

fn id(cell: &Cell) -> Option<RowId> {
    let written = cell.as_str().trim();
    let id = Uuid::parse_str(written).ok().map(RecordId::new);
    (!written.is_empty()).then(|| RowId { written: written.chars().take(MOST_CHARS).collect(), id })
}

impl Iterator for Rows {
    type Item = Result<ImportRow, Violation>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read.next_row().transpose()?;
        self.ended = read.is_err();
        Some(read.map(|row| self.row(row)).map_err(|fault| of_table(&fault, SHEET)))
    }
}
