//! Files of one account's observations, as uploads and the command line read them.

mod faults;

use atalaya_application::error::Violation;
use atalaya_application::observations::{Batch, Causes, RowPlace, UploadRow};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::observation::{Followers, Observation};
use chrono_tz::Tz;

use self::faults::Faults;
use super::times::{Reading, Written, resolve};
use crate::api::parse::shortened;
use crate::api::tabular::columns::Column;
use crate::api::tabular::refusals::{of_row, of_table};
use crate::api::tabular::{
    Cell, CellKind, DateEvidence, DateOrder, NumberFault, NumberForm, Row, Rows, Separators, Table, TableFault,
};

/// The names that a header may have, for the message.
const KNOWN: &str = "hora (fecha, fecha y hora, día, date, time, ds), seguidores (total seguidores, n.º de seguidores, \
    followers, valor, value, y), tweets (publicaciones, posts), siguiendo (following), usuario (cuenta, account)";
/// What the columns hold, in the order of [`columns`].
pub(crate) const FIELDS: [&str; 5] = ["hora", "seguidores", "tweets", "siguiendo", "usuario"];
/// What uploads call the sheet of a workbook.
const SHEET: &str = "hoja";
/// The columns with numbers.
const NUMBERS: [&str; 3] = ["seguidores", "tweets", "siguiendo"];

/// Whose measurements the file should hold.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The account: where the file has a column `usuario`, each row must name it.
    pub handle: &'a AccountHandle,
    /// For times without a zone of their own.
    pub time_zone: Tz,
    /// The order of dates, where the request names it.
    pub dates: Option<DateOrder>,
    /// Whether columns that are not known are passed over, instead of refused.
    pub passes_over: bool,
}

/// Where a column stands, and what messages call it.
#[derive(Debug, Clone)]
struct Place {
    index: usize,
    name: String,
}

/// Where each column stands.
#[derive(Debug, Clone)]
struct Columns {
    time: Place,
    numbers: [Option<Place>; 3],
    account: Option<Place>,
}

/// How the columns of a file are written.
#[derive(Debug, Clone, Copy)]
struct Forms {
    /// Of `hora`: the order of its dates, where it is known.
    dates: Option<DateOrder>,
    numbers: [NumberForm; 3],
}

/// What was read of a file.
#[derive(Debug, Default)]
pub struct Upload {
    /// The rows, and the broken rules with their lines and columns, at most as many as were asked for.
    pub batch: Batch,
    /// The broken rules by their causes, each with its first place.
    pub causes: Causes,
    /// The names of the header, each with the field that the column is read as; `None` for one that is not known.
    pub columns: Vec<(String, Option<&'static str>)>,
    /// The columns of which it is known how they are written, as `dd/mm/yyyy` or `1.234,5`.
    pub formats: Vec<(String, &'static str)>,
}

impl Upload {
    /// Of a file that cannot be opened as a table.
    #[must_use]
    pub fn unreadable(fault: &TableFault) -> Self {
        let mut faults = Faults::keeping(1);
        faults.add(of_table(fault, SHEET));
        Self::default().with(faults)
    }

    fn with(self, faults: Faults) -> Self {
        let Faults { shown, all, causes, .. } = faults;
        Self { batch: Batch { violations: shown, broken: all, ..self.batch }, causes, ..self }
    }
}

/// Reads a whole file and says all that it finds; `most` broken rules are shown, and all are counted. Its first row is
/// the header: a time and followers, and perhaps `tweets`, `siguiendo` and `usuario`, in any order and by any of the
/// names that [`Column`] knows. A column of values is one of followers here.
#[must_use]
pub fn survey(table: &Table, owner: Owner<'_>, most: usize) -> Upload {
    let mut faults = Faults::keeping(most);
    let (names, found) = surveyed(table, owner, &mut faults);
    let upload = Upload { columns: names, ..Upload::default() };
    let Some((columns, forms, in_doubt)) = found else { return upload.with(faults) };
    let mut batch = rows_of(table, owner, &columns, forms, &mut faults);
    // To leave out the rows in doubt would store a column with holes wherever it looks like two numbers or two days.
    batch.complete &= !in_doubt;
    Upload { batch, formats: columns.formats(forms), ..upload }.with(faults)
}

/// The field that a column is read as; `None` for one that is not known.
fn field_of(name: &str) -> Option<&'static str> {
    Some(match Column::named(name)? {
        Column::Time => "hora",
        Column::Followers | Column::Value => "seguidores",
        Column::Posts => "tweets",
        Column::Following => "siguiendo",
        Column::Account | Column::Series => "usuario",
        Column::Id => return None,
    })
}

impl Columns {
    fn formats(&self, forms: Forms) -> Vec<(String, &'static str)> {
        let dates = forms.dates.map(|order| (self.time.name.clone(), order.as_str()));
        let numbers = self.numbers.iter().zip(forms.numbers);
        let numbers = numbers.filter_map(|(place, form)| Some((place.as_ref()?.name.clone(), form.example()?)));
        dates.into_iter().chain(numbers).collect()
    }
}

/// The rows of a file whose columns are known.
fn rows_of(table: &Table, owner: Owner<'_>, columns: &Columns, forms: Forms, faults: &mut Faults) -> Batch {
    let (mut times, mut rows, mut total) = (Vec::new(), Vec::new(), 0);
    let read = table.rows().and_then(|mut read| {
        while let Some(found) = read.next_row()? {
            total += 1;
            if let Some((time, row)) = row(&found, columns, owner, forms, faults) {
                times.push(time);
                rows.push(row);
            }
        }
        Ok(())
    });
    let complete = read.is_ok();
    if let Err(fault) = read {
        faults.add(of_table(&fault, SHEET));
    }
    for (row, at) in rows.iter_mut().zip(resolve(&times)) {
        row.observation.at = at;
    }
    Batch { rows, total, complete, ..Batch::default() }
}

/// The names of a header, as far as an answer repeats them.
type Names = Vec<(String, Option<&'static str>)>;

/// The names of the header, and where its columns stand, how they are written, by all rows, and whether one of them may
/// be read in two ways; `None` where the header is wrong.
fn surveyed(table: &Table, owner: Owner<'_>, faults: &mut Faults) -> (Names, Option<(Columns, Forms, bool)>) {
    let mut rows = match table.rows() {
        Ok(rows) => rows,
        Err(fault) => {
            faults.add(of_table(&fault, SHEET));
            return (Vec::new(), None);
        }
    };
    let names = rows.names().iter().map(|name| (shortened(name).to_owned(), field_of(name))).collect();
    let Some(columns) = columns(rows.names(), rows.header_line(), owner, faults) else {
        if lost_its_lines(&mut rows) {
            *faults = faults.instead(Violation::new("file", "no_line_breaks").on_line(rows.header_line()));
        }
        return (names, None);
    };
    let (mut evidence, mut numbers) = (DateEvidence::default(), [Separators::default(); 3]);
    // What cannot be read is reported when it is read again.
    while let Ok(Some(row)) = rows.next_row() {
        let Ok(cells) = row.cells else { continue };
        let cell = |place: &Place| cells.get(place.index);
        if let Some(cell) = cell(&columns.time) {
            cell.note_date(&mut evidence);
        }
        for (separators, place) in numbers.iter_mut().zip(&columns.numbers) {
            if let Some(cell) = place.as_ref().and_then(cell) {
                cell.note_number(separators);
            }
        }
    }
    let dates = owner.dates.or_else(|| evidence.settle());
    // Counts have no decimals that a point could be needed for: the column shows what it separates.
    let numbers = numbers.map(Separators::of_whole_numbers);
    let forms = Forms { dates, numbers: numbers.map(|separators| separators.settle(false)) };
    let in_doubt = evidence.leaves_doubt(dates)
        || numbers.iter().zip(forms.numbers).any(|(separators, form)| separators.leave_doubt(form));
    (names, Some((columns, forms, in_doubt)))
}

/// Whether the header has swallowed the rows, as where `curl -d` sends a file: values stand in the names of columns.
fn lost_its_lines(rows: &mut Rows) -> bool {
    let has_digits = |name: &String| field_of(name).is_none() && name.contains(|letter: char| letter.is_ascii_digit());
    rows.names().iter().any(has_digits) && matches!(rows.next_row(), Ok(None))
}

fn columns(names: &[String], line: u64, owner: Owner<'_>, faults: &mut Faults) -> Option<Columns> {
    let before = faults.all;
    let mut places: [Option<Place>; 5] = [const { None }; 5];
    for (index, name) in names.iter().enumerate() {
        let Some(own) = field_of(name) else {
            if !owner.passes_over {
                let name = shortened(name);
                faults.add(Violation::new(name, "unknown_column").with("known", &KNOWN).at(line, name));
            }
            continue;
        };
        // A name that differs in letter case only is told as the answers of this program have it.
        let told = if name.eq_ignore_ascii_case(own) { own } else { shortened(name) };
        let kind = FIELDS.iter().position(|field| *field == own);
        let Some(place) = kind.and_then(|kind| places.get_mut(kind)) else { continue };
        if place.replace(Place { index, name: told.to_owned() }).is_some() {
            faults.add(Violation::new(shortened(name), "repeated_column").at(line, shortened(name)));
        }
    }
    let [time, followers, posts, following, account] = places;
    for (name, place) in [("hora", &time), ("seguidores", &followers)] {
        if place.is_none() {
            faults.add(Violation::new(name, "missing_column").at(line, name));
        }
    }
    let columns = time.map(|time| Columns { time, numbers: [followers, posts, following], account });
    columns.filter(|_| faults.all == before)
}

/// A row without its moment, which the rows around it may decide.
fn row(
    read: &Row,
    columns: &Columns,
    owner: Owner<'_>,
    forms: Forms,
    faults: &mut Faults,
) -> Option<(Written, UploadRow)> {
    let (line, before) = (read.line, faults.all);
    let cells = match &read.cells {
        Ok(cells) => cells,
        Err(fault) => {
            faults.add(of_row(*fault, line));
            return None;
        }
    };
    if let Some(place) = &columns.account {
        let named = cells.get(place.index).map_or("", Cell::as_str);
        if named.strip_prefix('@').unwrap_or(named) != owner.handle.as_str() {
            faults.add(Violation::new("usuario", "wrong_account").at(line, place.name.as_str()));
        }
    }
    let reading = Reading { zone: owner.time_zone, dates: forms.dates };
    let time = reading.read(cells.get(columns.time.index).map_or("", Cell::as_str));
    let time = time.map_err(|code| faults.add(Violation::new("hora", code).at(line, columns.time.name.as_str()))).ok();
    let mut counts = [None; 3];
    let parts = NUMBERS.into_iter().zip(&columns.numbers).zip(forms.numbers).zip(&mut counts).enumerate();
    for (part, (((field, place), form), found)) in parts {
        let Some((place, cell)) = place.as_ref().and_then(|place| Some((place, cells.get(place.index)?))) else {
            continue;
        };
        // Only followers have to be there.
        if cell.is_empty() && part > 0 {
            continue;
        }
        match count(cell, form) {
            Ok(count) => *found = Some(count),
            Err(code) => faults.add(Violation::new(field, code).at(line, place.name.as_str())),
        }
    }
    let [followers, posts, following] = counts;
    let (time, followers) = time.zip(followers).filter(|_| faults.all == before)?;
    let observation = Observation { at: time.first, followers, posts, following };
    Some((time, UploadRow { observation, place: RowPlace::Line(line) }))
}

/// A whole number of followers; spreadsheets write some as `396205.0`, which is one too.
fn count(cell: &Cell, form: NumberForm) -> Result<Followers, &'static str> {
    match cell.whole(form) {
        Ok(number) => Followers::new(number).map_err(|_| "not_a_count"),
        Err(_) if cell.kind() == CellKind::Unusable => Err("unusable_cell"),
        Err(NumberFault::NotANumber) => Err("not_a_count"),
        Err(NumberFault::Ambiguous) => Err("ambiguous_number"),
    }
}

#[cfg(test)]
mod tests;
