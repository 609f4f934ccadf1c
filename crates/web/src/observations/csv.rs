//! Observations as CSV: the format of uploads, of exports and of the command line.

use atalaya_application::error::Violation;
use atalaya_application::observations::{RowPlace, UploadRow};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::observation::{Followers, Observation};
use chrono_tz::Tz;
use csv::{ReaderBuilder, StringRecord, Trim};

use crate::csv_lines::{Cell, CsvLines};
use crate::parse::{moment, shortened, wire_time};

/// The names that a header may have, for the message.
const KNOWN: &str = "hora, seguidores, tweets, siguiendo, usuario";

/// Whose measurements the file should hold.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The account: where the file has a column `usuario`, each row must name it.
    pub handle: &'a AccountHandle,
    /// For times without a zone of their own.
    pub time_zone: Tz,
}

/// Where each column stands.
struct Columns {
    time: usize,
    followers: usize,
    posts: Option<usize>,
    following: Option<usize>,
    account: Option<usize>,
    count: usize,
}

/// Reads a whole file. The first line is the header `hora,seguidores[,tweets][,siguiendo]`, in any order and letter case;
/// the older names `Hora,Usuario,Seguidores,Tweets,Following` are known too. Separated by commas, or by semicolons as
/// spreadsheets of Spanish-speaking countries write it.
///
/// # Errors
/// Every broken rule with its line and column, the header being line 1; at most a hundred.
pub fn read(bytes: &[u8], owner: Owner<'_>) -> Result<Vec<UploadRow>, Vec<Violation>> {
    let text = std::str::from_utf8(bytes).map_err(|_| vec![Violation::new("file", "not_utf8").on_line(1)])?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header_line = text.lines().next().unwrap_or_default();
    let delimiter = if header_line.contains(';') && !header_line.contains(',') { b';' } else { b',' };
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| vec![Violation::new("file", "malformed").on_line(1)])?;
    let columns = columns(header)?;
    let mut rows = Vec::new();
    let mut violations = Vec::new();
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                violations.push(Violation::new("file", "malformed").on_line(line));
                break;
            }
        }
        let line = record.position().map_or(1, |start| line_of(text, start));
        match row(&record, &columns, owner, line) {
            Ok(row) => rows.push(row),
            Err(broken) => violations.extend(broken),
        }
        if violations.len() >= Violation::MOST {
            violations.truncate(Violation::MOST);
            break;
        }
    }
    if violations.is_empty() { Ok(rows) } else { Err(violations) }
}

/// The line of a record. The reader counts the empty lines before a record as its beginning; its author does not.
fn line_of(text: &str, start: &csv::Position) -> u64 {
    let byte = usize::try_from(start.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(byte..).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    start.line() + skipped.filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>()
}

fn columns(header: &StringRecord) -> Result<Columns, Vec<Violation>> {
    let mut places: [Option<usize>; 5] = [None; 5];
    let mut violations = Vec::new();
    for (index, name) in header.iter().enumerate() {
        if violations.len() == Violation::MOST {
            break;
        }
        let kind = match name.to_lowercase().as_str() {
            "hora" => 0,
            "seguidores" => 1,
            "tweets" => 2,
            "siguiendo" | "following" => 3,
            "usuario" => 4,
            _ => {
                let name = shortened(name);
                violations.push(Violation::new(name, "unknown_column").with("known", &KNOWN).at(1, name));
                continue;
            }
        };
        if let Some(place) = places.get_mut(kind)
            && place.replace(index).is_some()
        {
            violations.push(Violation::new(name, "repeated_column").at(1, name));
        }
    }
    let [time, followers, posts, following, account] = places;
    for (name, place) in [("hora", time), ("seguidores", followers)] {
        if place.is_none() {
            violations.push(Violation::new(name, "missing_column").at(1, name));
        }
    }
    match (time, followers) {
        (Some(time), Some(followers)) if violations.is_empty() => {
            Ok(Columns { time, followers, posts, following, account, count: header.len() })
        }
        _ => Err(violations),
    }
}

fn row(record: &StringRecord, columns: &Columns, owner: Owner<'_>, line: u64) -> Result<UploadRow, Vec<Violation>> {
    if record.len() != columns.count {
        let violation = Violation::new("file", "wrong_field_count")
            .with("found", &record.len())
            .with("expected", &columns.count)
            .on_line(line);
        return Err(vec![violation]);
    }
    let cell = |index: usize| record.get(index).unwrap_or_default();
    let mut violations = Vec::new();
    if let Some(index) = columns.account {
        let named = cell(index).strip_prefix('@').unwrap_or(cell(index));
        if named != owner.handle.as_str() {
            violations.push(Violation::new("usuario", "wrong_account").at(line, "usuario"));
        }
    }
    let at = moment(cell(columns.time), owner.time_zone);
    if at.is_none() {
        violations.push(Violation::new("hora", "invalid_time").at(line, "hora"));
    }
    let mut number = |column: &'static str, text: &str| {
        if let Some(count) = count(text) {
            Some(count)
        } else {
            violations.push(Violation::new(column, "not_a_count").at(line, column));
            None
        }
    };
    let followers = number("seguidores", cell(columns.followers));
    let mut optional = |column: &'static str, index: Option<usize>| {
        let text = index.map(cell).filter(|text| !text.is_empty());
        text.and_then(|text| number(column, text))
    };
    let posts = optional("tweets", columns.posts);
    let following = optional("siguiendo", columns.following);
    match (at, followers) {
        (Some(at), Some(followers)) if violations.is_empty() => {
            Ok(UploadRow { observation: Observation { at, followers, posts, following }, place: RowPlace::Line(line) })
        }
        _ => Err(violations),
    }
}

/// A whole number of followers; spreadsheets write some as `396205.0`, which is one too.
#[must_use]
pub fn count(text: &str) -> Option<Followers> {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok().and_then(|number| Followers::new(number).ok())).flatten()
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

    fn parse(text: &str) -> Result<Vec<UploadRow>, Vec<Violation>> {
        let handle = AccountHandle::parse("Interbank").unwrap();
        read(text.as_bytes(), Owner { handle: &handle, time_zone: chrono_tz::America::Lima })
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
    fn what_was_written_is_read_back() {
        let rows = parse("hora;seguidores;tweets\n2026-01-01 10:00:00;5;\n2026-01-02 10:00:00;6;7\n").unwrap();
        let observations: Vec<_> = rows.iter().map(|row| row.observation).collect();
        let again = parse(&String::from_utf8(write(&observations).unwrap()).unwrap()).unwrap();
        assert_eq!(again.iter().map(|row| row.observation).collect::<Vec<_>>(), observations);
    }
}
