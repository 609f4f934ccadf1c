use super::*;
use crate::api::observations::csv::write;
use crate::api::parse::wire_time;

fn read_bytes(bytes: &[u8]) -> Result<Vec<UploadRow>, Vec<Violation>> {
    read_in(bytes, chrono_tz::America::Lima, None)
}

fn read_in(bytes: &[u8], time_zone: Tz, dates: Option<DateOrder>) -> Result<Vec<UploadRow>, Vec<Violation>> {
    let handle = AccountHandle::parse("Interbank").unwrap();
    let table = Table::of_bytes(bytes.to_vec(), None).unwrap();
    let owner = Owner { handle: &handle, time_zone, dates, passes_over: false };
    let upload = survey(&table, owner, Violation::MOST).batch;
    if upload.broken == 0 { Ok(upload.rows) } else { Err(upload.violations) }
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
fn a_time_and_a_number_are_an_accounts_observations_whatever_their_names() {
    let expected = parse("hora,seguidores\n2026-01-01,5\n2026-01-02,6\n").unwrap();
    for header in
        ["ds,y", "fecha,valor", "date,value", "Fecha,Seguidores", "\u{feff}FECHA , Followers", "D\u{ed}a,Valor"]
    {
        assert_eq!(parse(&format!("{header}\n2026-01-01,5\n2026-01-02,6\n")).unwrap(), expected, "{header}");
    }
    assert_eq!(parse("ds\ty\n2026-01-01\t5\n2026-01-02\t6\n").unwrap(), expected);
    assert_eq!(parse("Fecha;Seguidores\n01/01/2026;5\n02/01/2026;6\n31/12/2025;6\n").unwrap()[..2], expected);
    let named = "unique_id,ds,y\nInterbank,2026-01-01,5\n@Interbank,2026-01-02,6\n";
    assert_eq!(parse(named).unwrap(), expected);
    assert_eq!(codes("unique_id,ds,y\nOtra,2026-01-01,5\n"), [(Some(2), "wrong_account")]);
    assert_eq!(codes("fecha,hora,seguidores\n"), [(Some(1), "repeated_column")]);
    assert_eq!(codes("id,fecha,seguidores\n"), [(Some(1), "unknown_column")]);
}

#[test]
fn empty_cells_at_the_ends_of_a_line_keep_their_places_between_tabs() {
    let rows = parse("tweets\tfecha\tseguidores\tsiguiendo\n\t2026-01-01\t5\t\n7\t2026-01-02\t6\t8\n").unwrap();
    let posts: Vec<_> = rows.iter().map(|row| row.observation.posts.map(Followers::get)).collect();
    assert_eq!(posts, [None, Some(7)]);
}

#[test]
fn a_broken_rule_is_told_by_the_name_that_the_file_has() {
    let broken = parse("Fecha;Seguidores\n31/12/2025;x\n").unwrap_err();
    assert_eq!((&broken[0].field, broken[0].column.as_deref()), (&"seguidores".into(), Some("seguidores")));
    let broken = parse("Fecha;Valor\n31/13/2025;5\n").unwrap_err();
    assert_eq!((&broken[0].field, broken[0].column.as_deref()), (&"hora".into(), Some("Fecha")));
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
        // With decimals it would be no count of followers.
        ("184.488\n12.000\n7", [184_488, 12_000, 7]),
        ("184,488\n12,000\n7", [184_488, 12_000, 7]),
    ] {
        let row = |(day, number)| format!("2026-01-0{day};{number}\n");
        let rows: String = (1..).zip(column.lines()).map(row).collect();
        assert_eq!(followers(&format!("hora;seguidores\n{rows}")), expected, "{column}");
    }
}

#[test]
fn what_may_be_two_numbers_is_refused_with_its_line() {
    for (number, line) in [("12,000", 2), ("12.000", 2)] {
        assert_eq!(codes(&format!("hora;seguidores\n2026-01-01;{number}\n")), [(Some(line), "ambiguous_number")]);
    }
    let both = "hora;seguidores\n2026-01-01;1.234.567\n2026-01-02;5.0\n2026-01-03;12.345\n";
    assert_eq!(codes(both), [2, 3, 4].map(|line| (Some(line), "ambiguous_number")), "a point is one or the other");
    let handle = AccountHandle::parse("Interbank").unwrap();
    let owner = Owner { handle: &handle, time_zone: chrono_tz::UTC, dates: None, passes_over: false };
    for doubtful in [both, "hora;seguidores\n2026-01-01;7\n2026-01-02;12.000\n", "hora;seguidores\n1/2/2026;7\n"] {
        let table = Table::of_bytes(doubtful.to_owned(), None).unwrap();
        assert!(!survey(&table, owner, 10).batch.complete, "its rows are not left out one by one: {doubtful}");
    }
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
fn a_file_that_lost_its_line_breaks_is_told_by_one_rule() {
    let whole = "hora,seguidores,tweets\n2026-01-01,237431,12\n2026-01-02,237440,13\n";
    let lost = whole.replace('\n', "");
    assert_eq!(codes(&lost), [(Some(1), "no_line_breaks")]);
    assert_eq!(codes(&lost.replace(',', ";")), [(Some(1), "no_line_breaks")]);
    assert_eq!(codes("hora,gente\n"), [(Some(1), "unknown_column"), (Some(1), "missing_column")]);
    assert_eq!(codes("hora,2026\n1,2\n"), [(Some(1), "unknown_column"), (Some(1), "missing_column")]);
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
    let owner = Owner { handle: &handle, time_zone: chrono_tz::UTC, dates: None, passes_over: false };
    let table = Table::of_bytes(format!("hora,seguidores\n{rows}"), None).unwrap();
    let upload = survey(&table, owner, 1_000);
    assert_eq!((upload.batch.violations.len(), upload.batch.broken), (1_000, 1_500));
    let causes: Vec<_> =
        upload.causes.as_slice().iter().map(|cause| (cause.first.line, cause.first.code, cause.count)).collect();
    assert_eq!(causes, [(Some(2), "invalid_time", 1_500)]);
}

#[test]
fn columns_that_are_not_known_are_passed_over_where_that_is_asked() {
    let handle = AccountHandle::parse("Interbank").unwrap();
    let owner = Owner { handle: &handle, time_zone: chrono_tz::UTC, dates: None, passes_over: true };
    let read = |text: &str| survey(&Table::of_bytes(text.to_owned(), None).unwrap(), owner, 10);
    let upload = read("Fecha,Nota,Seguidores,id\n2026-01-01,\"a, b\",5,1\n2026-01-02,,x,2\n");
    let columns = upload.columns.iter().map(|(name, field)| (name.as_str(), *field));
    let expected = [("Fecha", Some("hora")), ("Nota", None), ("Seguidores", Some("seguidores")), ("id", None)];
    assert_eq!(columns.collect::<Vec<_>>(), expected);
    assert_eq!((upload.batch.rows.len(), upload.batch.total, upload.batch.broken), (1, 2, 1));
    assert!(upload.batch.complete && !read("Nota,Seguidores\nx,5\n").batch.complete, "there is no time");
    let repeated = read("Fecha,Hora,Seguidores\n").batch.violations;
    assert_eq!(repeated[0].code, "repeated_column", "which of them counts nobody knows");
}

#[test]
fn what_was_written_is_read_back() {
    let rows = parse("hora;seguidores;tweets\n2026-01-01 10:00:00;5;\n2026-01-02 10:00:00;6;7\n").unwrap();
    let observations: Vec<_> = rows.iter().map(|row| row.observation).collect();
    let again = parse(&String::from_utf8(write(&observations).unwrap()).unwrap()).unwrap();
    assert_eq!(again.iter().map(|row| row.observation).collect::<Vec<_>>(), observations);
}
