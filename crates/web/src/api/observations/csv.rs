//! Observations as CSV: the format of uploads, of exports and of the command line.

use atalaya_application::error::Violation;
use atalaya_application::observations::{RowPlace, UploadRow};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::observation::{Followers, Observation};
use chrono_tz::Tz;

use super::times::{Reading, Written, resolve};
use crate::api::csv_lines::{Cell, CsvLines};
use crate::api::parse::{shortened, wire_time};
use crate::api::tabular::{
    DateEvidence, DateOrder, NumberFault, NumberForm, Row, RowFault, Rows, Separators, TableFault,
};

/// The names that a header may have, for the message.
const KNOWN: &str = "hora, seguidores, tweets, siguiendo, usuario";
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
}

/// Where each column stands.
#[derive(Debug, Clone, Copy)]
struct Columns {
    time: usize,
    numbers: [Option<usize>; 3],
    account: Option<usize>,
}

/// How the columns of a file are written.
#[derive(Debug, Clone, Copy)]
pub struct Forms {
    /// Of `hora`: the order of its dates, where it is known.
    dates: Option<DateOrder>,
    numbers: [NumberForm; 3],
}

impl Forms {
    /// The columns of which it is known how they are written, as `dd/mm/yyyy` or `1.234,5`.
    pub(super) fn named(self) -> Vec<(&'static str, &'static str)> {
        let dates = self.dates.map(|order| ("hora", order.as_str()));
        let numbers = NUMBERS.into_iter().zip(self.numbers);
        dates.into_iter().chain(numbers.filter_map(|(name, form)| Some((name, form.example()?)))).collect()
    }
}

/// What was read of a file.
#[derive(Debug)]
pub struct Upload {
    /// The rows that are sound, in the order of the file.
    pub rows: Vec<UploadRow>,
    /// The broken rules with their lines and columns, at most as many as were asked for.
    pub violations: Vec<Violation>,
    /// All broken rules.
    pub broken: usize,
    /// The names of the header.
    pub columns: Vec<String>,
    /// How its columns are written.
    pub forms: Option<Forms>,
}

/// Reads a whole file: its first row is the header `hora,seguidores[,tweets][,siguiendo]`, in any order and letter
/// case; the older names `Hora,Usuario,Seguidores,Tweets,Following` are known too. [`crate::api::tabular`] says how a
/// file may be written.
///
/// # Errors
/// Every broken rule with its line and column, the first line of the file being line 1; at most a hundred.
pub fn read(bytes: &[u8], owner: Owner<'_>) -> Result<Vec<UploadRow>, Vec<Violation>> {
    let upload = survey(bytes, owner, Violation::MOST);
    if upload.broken == 0 { Ok(upload.rows) } else { Err(upload.violations) }
}

/// Reads a whole file and says all that it finds; `most` broken rules are shown, and all are counted.
#[must_use]
pub fn survey(bytes: &[u8], owner: Owner<'_>, most: usize) -> Upload {
    let mut faults = Faults { shown: Vec::new(), all: 0, most };
    let (names, found) = surveyed(bytes, owner, &mut faults);
    let rows = found.map(|(columns, forms)| rows_of(bytes, owner, columns, forms, &mut faults)).unwrap_or_default();
    let forms = found.map(|(_, forms)| forms);
    Upload { rows, violations: faults.shown, broken: faults.all, columns: names, forms }
}

/// Broken rules, of which the first ones are shown.
struct Faults {
    shown: Vec<Violation>,
    all: usize,
    most: usize,
}

impl Faults {
    fn add(&mut self, violation: Violation) {
        self.all += 1;
        if self.shown.len() < self.most {
            self.shown.push(violation);
        }
    }

    fn of_table(&mut self, fault: &TableFault) {
        self.add(match fault {
            TableFault::TooLong { line } => Violation::new("file", "malformed").on_line(*line),
            TableFault::NotText { line } => Violation::new("file", "not_utf8").on_line(*line),
            TableFault::Io(_) => Violation::new("file", "malformed").on_line(1),
        });
    }
}

/// The sound rows of a file whose columns are known.
fn rows_of(bytes: &[u8], owner: Owner<'_>, columns: Columns, forms: Forms, faults: &mut Faults) -> Vec<UploadRow> {
    let Ok(mut table) = Rows::open(bytes) else { return Vec::new() };
    let (mut times, mut rows) = (Vec::new(), Vec::new());
    loop {
        match table.next_row() {
            Ok(None) => break,
            Ok(Some(read)) => {
                if let Some((time, row)) = row(&read, columns, owner, forms, faults) {
                    times.push(time);
                    rows.push(row);
                }
            }
            Err(fault) => {
                faults.of_table(&fault);
                break;
            }
        }
    }
    for (row, at) in rows.iter_mut().zip(resolve(&times)) {
        row.observation.at = at;
    }
    rows
}

/// The names of the header, and where its columns stand and how they are written, by all rows; `None` where the header
/// is wrong.
fn surveyed(bytes: &[u8], owner: Owner<'_>, faults: &mut Faults) -> (Vec<String>, Option<(Columns, Forms)>) {
    let mut table = match Rows::open(bytes) {
        Ok(table) => table,
        Err(fault) => {
            faults.of_table(&fault);
            return (Vec::new(), None);
        }
    };
    let names = table.names().iter().map(|name| shortened(name).to_owned()).collect();
    let Some(columns) = columns(table.names(), table.header_line(), faults) else { return (names, None) };
    let (mut dates, mut numbers) = (DateEvidence::default(), [Separators::default(); 3]);
    // What cannot be read is reported when it is read again.
    while let Ok(Some(row)) = table.next_row() {
        let Ok(cells) = row.cells else { continue };
        dates.note(cells.get(columns.time).map_or("", String::as_str));
        for (separators, column) in numbers.iter_mut().zip(columns.numbers) {
            separators.note(column.and_then(|column| cells.get(column)).map_or("", String::as_str));
        }
    }
    let dates = owner.dates.or_else(|| dates.settle());
    // Counts have no decimals that a point could be needed for: the column shows what it separates.
    let forms = Forms { dates, numbers: numbers.map(|separators| separators.settle(false)) };
    (names, Some((columns, forms)))
}

fn columns(names: &[String], line: u64, faults: &mut Faults) -> Option<Columns> {
    let before = faults.all;
    let mut places: [Option<usize>; 5] = [None; 5];
    for (index, name) in names.iter().enumerate() {
        let kind = match name.to_lowercase().as_str() {
            "hora" => 0,
            "seguidores" => 1,
            "tweets" => 2,
            "siguiendo" | "following" => 3,
            "usuario" => 4,
            _ => {
                let name = shortened(name);
                faults.add(Violation::new(name, "unknown_column").with("known", &KNOWN).at(line, name));
                continue;
            }
        };
        if let Some(place) = places.get_mut(kind)
            && place.replace(index).is_some()
        {
            faults.add(Violation::new(name.as_str(), "repeated_column").at(line, name));
        }
    }
    let [time, followers, posts, following, account] = places;
    for (name, place) in [("hora", time), ("seguidores", followers)] {
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
    columns: Columns,
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
    let cell = |index: usize| cells.get(index).map_or("", String::as_str);
    if let Some(index) = columns.account {
        let named = cell(index).strip_prefix('@').unwrap_or(cell(index));
        if named != owner.handle.as_str() {
            faults.add(Violation::new("usuario", "wrong_account").at(line, "usuario"));
        }
    }
    let time = Reading { zone: owner.time_zone, dates: forms.dates }.read(cell(columns.time));
    let time = time.map_err(|code| faults.add(Violation::new("hora", code).at(line, "hora"))).ok();
    let mut counts = [None; 3];
    for (place, (name, form)) in NUMBERS.into_iter().zip(forms.numbers).enumerate() {
        let text = columns.numbers.get(place).copied().flatten().map_or("", cell);
        // Only followers have to be there.
        if text.is_empty() && place > 0 {
            continue;
        }
        match count(text, form) {
            Ok(count) => counts.get_mut(place).into_iter().for_each(|cell| *cell = Some(count)),
            Err(code) => faults.add(Violation::new(name, code).at(line, name)),
        }
    }
    let [followers, posts, following] = counts;
    let (time, followers) = time.zip(followers).filter(|_| faults.all == before)?;
    let observation = Observation { at: time.first, followers, posts, following };
    Some((time, UploadRow { observation, place: RowPlace::Line(line) }))
}

fn of_row(fault: RowFault, line: u64) -> Violation {
    match fault {
        RowFault::FieldCount { found, expected } => {
            Violation::new("file", "wrong_field_count").with("found", &found).with("expected", &expected).on_line(line)
        }
        RowFault::OpenQuote => Violation::new("file", "malformed").on_line(line),
        RowFault::NotText => Violation::new("file", "not_utf8").on_line(line),
    }
}

/// A whole number of followers; spreadsheets write some as `396205.0`, which is one too.
fn count(text: &str, form: NumberForm) -> Result<Followers, &'static str> {
    match form.whole(text) {
        Ok(number) => Followers::new(number).map_err(|_| "not_a_count"),
        Err(NumberFault::NotANumber) => Err("not_a_count"),
        Err(NumberFault::Ambiguous) => Err("ambiguous_number"),
    }
}

/// Writes observations with the header `hora,seguidores,tweets,siguiendo`.
///
/// # Errors
/// Of the writer.
pub fn write(observations: &[Observation]) -> Result<Vec<u8>, csv::Error> {
    part(observations, true)
}

/// [`write()`] for a part of a file, of which only the first has the header.
pub(crate) fn part(observations: &[Observation], with_header: bool) -> Result<Vec<u8>, csv::Error> {
    let mut lines = CsvLines::default();
    if with_header {
        lines.header(["hora", "seguidores", "tweets", "siguiendo"])?;
    }
    let number = |count: Option<Followers>| count.map(|count| Cell::whole(count.get())).unwrap_or_default();
    for observation in observations {
        lines.line([
            Cell::text(&wire_time(observation.at)),
            number(Some(observation.followers)),
            number(observation.posts),
            number(observation.following),
        ])?;
    }
    lines.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_bytes(bytes: &[u8]) -> Result<Vec<UploadRow>, Vec<Violation>> {
        read_in(bytes, chrono_tz::America::Lima, None)
    }

    fn read_in(bytes: &[u8], time_zone: Tz, dates: Option<DateOrder>) -> Result<Vec<UploadRow>, Vec<Violation>> {
        let handle = AccountHandle::parse("Interbank").unwrap();
        read(bytes, Owner { handle: &handle, time_zone, dates })
    }

    fn parse(text: &str) -> Result<Vec<UploadRow>, Vec<Violation>> {
        read_bytes(text.as_bytes())
    }

    fn followers(text: &str) -> Vec<u64> {
        parse(text).unwrap().iter().map(|row| row.observation.followers.get()).collect()
    }

    fn times(rows: &[UploadRow]) -> Vec<String> {
        rows.iter().map(|row| wire_time(row.observation.at)).collect()
    }

    fn codes(text: &str) -> Vec<(Option<u64>, &'static str)> {
        parse(text).unwrap_err().into_iter().map(|violation| (violation.line, violation.code)).collect()
    }

    #[test]
    fn both_generations_of_headers_are_read() {
        let new = parse("hora,seguidores\n2025-07-09T12:18:22Z,304222\n").unwrap();
        let old = parse("Hora,Usuario,Seguidores,Tweets,Following\n2025-07-09 07:18:22,@Interbank,304222,66926,71\n");
        let old = old.unwrap();
        assert_eq!(new[0].observation.at, old[0].observation.at);
        assert_eq!(old[0].observation.posts.map(Followers::get), Some(66_926));
    }

    #[test]
    fn a_bad_row_is_named_by_line_and_column() {
        let broken = parse("hora,seguidores\n2026-01-01 10:00:00,5\n2026-02-30 10:00:00,-1\n").unwrap_err();
        let places: Vec<_> = broken.iter().map(|v| (v.line, v.column.as_deref(), v.code)).collect();
        assert_eq!(places, [(Some(3), Some("hora"), "invalid_time"), (Some(3), Some("seguidores"), "not_a_count")]);
    }

    #[test]
    fn empty_lines_are_counted_where_they_stand() {
        assert_eq!(
            codes("hora,seguidores\n\n\r\n2026-13-02,1\n\n2026-13-03,1\n"),
            [(Some(4), "invalid_time"), (Some(6), "invalid_time")]
        );
    }

    #[test]
    fn files_that_are_not_of_this_account_or_form_are_refused() {
        assert_eq!(codes("hora,usuario,seguidores\n2026-01-01,@Otra,5\n"), [(Some(2), "wrong_account")]);
        assert_eq!(codes("hora,likes\n"), [(Some(1), "unknown_column"), (Some(1), "missing_column")]);
        assert_eq!(codes("hora,seguidores\n2026-01-01\n"), [(Some(2), "wrong_field_count")]);
        for bad in ["NaN", "inf", "1e9", "-5", "", "1.5", "９"] {
            assert_eq!(codes(&format!("hora,seguidores\n2026-01-01,{bad}\n")), [(Some(2), "not_a_count")], "{bad}");
        }
    }

    #[test]
    fn whole_numbers_are_read_as_people_write_them() {
        for (column, expected) in [
            ("5\n5.0\n5.00", [5, 5, 5]),
            ("1,234,567\n12,345\n7", [1_234_567, 12_345, 7]),
            ("1.234.567\n12.345\n7", [1_234_567, 12_345, 7]),
            ("1.234,00\n12.345\n7", [1_234, 12_345, 7]),
            ("1,234.00\n12,345\n7", [1_234, 12_345, 7]),
            ("5,0\n12.345\n7", [5, 12_345, 7]),
        ] {
            let row = |(day, number)| format!("2026-01-0{day};{number}\n");
            let rows: String = (1..).zip(column.lines()).map(row).collect();
            assert_eq!(followers(&format!("hora;seguidores\n{rows}")), expected, "{column}");
        }
    }

    #[test]
    fn what_may_be_two_numbers_is_refused_with_its_line() {
        for (number, line) in [("12,345", 2), ("12.345", 2)] {
            assert_eq!(codes(&format!("hora;seguidores\n2026-01-01;{number}\n")), [(Some(line), "ambiguous_number")]);
        }
        let both = "hora;seguidores\n2026-01-01;1.234.567\n2026-01-02;5.0\n2026-01-03;12.345\n";
        assert_eq!(codes(both), [2, 3, 4].map(|line| (Some(line), "ambiguous_number")), "a point is one or the other");
    }

    #[test]
    fn days_before_months_are_read_where_the_file_leaves_no_doubt() {
        let rows = parse("hora;seguidores\n01/02/2026 23:59;5\n13/02/2026 11:59:00 p. m.;6\n").unwrap();
        assert_eq!(times(&rows), ["2026-02-02T04:59:00Z", "2026-02-14T04:59:00Z"]);
        let rows = parse("hora,seguidores\n2/1/2026,5\n2/13/2026,6\n").unwrap();
        assert_eq!(times(&rows), ["2026-02-01T05:00:00Z", "2026-02-13T05:00:00Z"]);
        let doubtful = "hora;seguidores\n01/02/2026;5\n02/02/2026;6\n";
        assert_eq!(codes(doubtful), [(Some(2), "ambiguous_date"), (Some(3), "ambiguous_date")]);
        let read_by = |dates| times(&read_in(doubtful.as_bytes(), chrono_tz::UTC, Some(dates)).unwrap());
        assert_eq!(read_by(DateOrder::DayFirst), ["2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"]);
        assert_eq!(read_by(DateOrder::MonthFirst), ["2026-01-02T00:00:00Z", "2026-02-02T00:00:00Z"]);
        assert_eq!(codes("hora;seguidores\n31/01/2026;5\n31/02/2026;5\n"), [(Some(3), "invalid_time")]);
    }

    #[test]
    fn encodings_line_ends_and_leftovers_of_spreadsheets_are_read() {
        let text =
            "sep=;\nhora;seguidores;Usuario\n2026-01-01 10:00;5;Interbank\n;;\n2026-01-02 10:00;6;@Interbank\n;;\n;;\n";
        let utf_16 = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            format!("{mark}{text}").encode_utf16().flat_map(unit).collect()
        };
        let expected = parse(text).unwrap();
        assert_eq!(expected.len(), 2);
        let same = |bytes: &[u8]| assert_eq!(read_bytes(bytes).unwrap(), expected);
        same(&utf_16(u16::to_le_bytes, "\u{feff}"));
        same(&utf_16(u16::to_be_bytes, "\u{feff}"));
        same(&utf_16(u16::to_le_bytes, ""));
        same(&utf_16(u16::to_be_bytes, ""));
        for end in ["\r\n", "\r"] {
            same(text.replace('\n', end).as_bytes());
        }
        let broken = "hora;seguidores\n2026-01-01;5\n\n2026-13-01;5\n";
        for end in ["\n", "\r\n", "\r"] {
            assert_eq!(codes(&broken.replace('\n', end)), [(Some(4), "invalid_time")], "{end:?}");
        }
        let code = |bytes: &[u8]| read_bytes(bytes).unwrap_err().remove(0).code;
        assert_eq!(code(b"hora;a\xf1o;seguidores\n2026-01-01;2026;5\n"), "unknown_column");
        assert_eq!(code(b"hora;seguidores\n2026-01-01;\x81\n"), "not_utf8");
    }

    #[test]
    fn the_hour_that_comes_twice_is_read_in_its_two_passes() {
        let hours = ["2026-04-04 22:00", "2026-04-04 23:00", "2026-04-04 23:00", "2026-04-05 00:00"];
        let utc = ["2026-04-05T01:00:00Z", "2026-04-05T02:00:00Z", "2026-04-05T03:00:00Z", "2026-04-05T04:00:00Z"];
        let read = |hours: &mut dyn Iterator<Item = &str>| {
            let rows = hours.map(|hour| format!("{hour},5")).collect::<Vec<_>>().join("\n");
            let text = format!("hora,seguidores\n{rows}");
            times(&read_in(text.as_bytes(), chrono_tz::America::Santiago, None).unwrap())
        };
        assert_eq!(read(&mut hours.into_iter()), utc);
        assert_eq!(read(&mut hours.into_iter().rev()), utc.into_iter().rev().collect::<Vec<_>>());
        let halves = ["2026-04-04 23:00", "2026-04-04 23:40", "2026-04-04 23:10", "2026-04-04 23:50"];
        let twice = ["2026-04-05T02:00:00Z", "2026-04-05T02:40:00Z", "2026-04-05T03:10:00Z", "2026-04-05T03:50:00Z"];
        assert_eq!(read(&mut halves.into_iter()), twice);
    }

    #[test]
    fn all_that_is_broken_is_counted_and_the_first_is_shown() {
        let rows: String = (0..1_500).map(|_| "x,5\n").collect();
        let handle = AccountHandle::parse("Interbank").unwrap();
        let owner = Owner { handle: &handle, time_zone: chrono_tz::UTC, dates: None };
        let upload = survey(format!("hora,seguidores\n{rows}").as_bytes(), owner, 1_000);
        assert_eq!((upload.violations.len(), upload.broken), (1_000, 1_500));
    }

    #[test]
    fn what_was_written_is_read_back() {
        let rows = parse("hora;seguidores;tweets\n2026-01-01 10:00:00;5;\n2026-01-02 10:00:00;6;7\n").unwrap();
        let observations: Vec<_> = rows.iter().map(|row| row.observation).collect();
        let again = parse(&String::from_utf8(write(&observations).unwrap()).unwrap()).unwrap();
        assert_eq!(again.iter().map(|row| row.observation).collect::<Vec<_>>(), observations);
    }
}
