use atalaya_texts::Language;

use super::*;

fn table(text: &[u8]) -> Table {
    Table::of_bytes(text.to_vec(), None).unwrap()
}

fn open(text: &[u8]) -> Result<SeriesFile, SeriesFileError> {
    let table = table(text);
    SeriesFile::open(&table, Forms::of(&table, None)?, "ventas")
}

fn read(text: &str) -> Vec<NamedSeries> {
    open(text.as_bytes()).unwrap().collect::<Result<_, _>>().unwrap()
}

fn refused(text: &str) -> Vec<Refused> {
    let outcome = open(text.as_bytes()).and_then(|mut file| file.find_map(Result::err).map_or(Ok(()), Err));
    match outcome {
        Err(SeriesFileError::Refused(refused)) => refused,
        other => panic!("{text:?} gave {other:?}"),
    }
}

/// The only thing that is wrong.
fn fault(text: &str) -> (u64, Fault) {
    let mut refused = refused(text);
    assert_eq!((refused.len(), refused[0].count), (1, 1), "{refused:?}");
    let Refused { line, fault, .. } = refused.remove(0);
    (line, fault)
}

/// The times of the only series, written back.
fn written(text: &str) -> Vec<String> {
    let series = read(text).remove(0);
    series.points.iter().map(|(at, _)| series.form.write(*at)).collect()
}

#[test]
fn rows_of_one_id_that_stand_together_are_one_series() {
    let series =
        read("\u{feff}ds,y,unique_id,store\r\n2026-01-01,1.5,a,x\r\n\r\n2026-01-02,,a,x\n2026-01-03,-2e3,\"b,c\",x");
    let names: Vec<_> = series.iter().map(|series| series.id.as_str()).collect();
    assert_eq!(names, ["a", "b,c"]);
    assert_eq!(series[0].points.len(), 1, "a row without a value is no point");
    assert!((series[1].points[0].1 + 2000.0).abs() < 1e-9);
}

#[test]
fn a_malformed_row_is_named_by_its_line() {
    let header = "unique_id,ds,y\n";
    for (rows, line, expected) in [
        ("a,2026-01-01,1\n\na,2026-02-30,1\n", 4, Fault::InvalidTime("2026-02-30".into())),
        ("a,2026-1-1,1\n", 2, Fault::InvalidTime("2026-1-1".into())),
        ("a,2026-01-01 23:59:60,1\n", 2, Fault::InvalidTime("2026-01-01 23:59:60".into())),
        ("a,2026-01-01,NaN\n", 2, Fault::NotANumber("NaN".into())),
        ("a,2026-01-01,1e999\n", 2, Fault::NotANumber("1e999".into())),
        ("a,2026-01-01,1\na,2026-01-02\n", 3, Fault::FieldCount { found: 2, expected: 3 }),
        (",2026-01-01,1\n", 2, Fault::NoId),
        ("a,2026-01-01T10:00:00Z,1\na,2026-01-01T11:00:00,1\n", 3, Fault::MixedZones),
        ("a,2026-01-01,1\nb,2026-01-01,1\na,2026-01-02,1\n", 4, Fault::Scattered("a".into())),
    ] {
        assert_eq!(fault(&format!("{header}{rows}")), (line, expected));
    }
    assert_eq!(fault("unique_id,y\n"), (1, Fault::NoTimes));
    assert_eq!(fault("unique_id,ds,z\n"), (1, Fault::NoValues));
    let repeated = Fault::RepeatedColumn { first: "y".into(), second: "Valor".into() };
    assert_eq!(fault("unique_id,ds,y,Valor\n"), (1, repeated));
    assert_eq!(fault(""), (1, Fault::NoTimes));
}

#[test]
fn a_file_without_ids_is_one_series_of_its_name() {
    let expected = read("unique_id,ds,y\nventas,2026-01-01,1\nventas,2026-01-02,2.5\n").remove(0).points;
    for header in ["ds,y", "fecha,valor", "date,value", "Fecha,Y", "hora,Valor", "D\u{ed}a,value", "timestamp,y"] {
        let series = read(&format!("{header}\n2026-01-01,1\n2026-01-02,2.5\n"));
        assert_eq!((series[0].id.as_str(), &series[0].points), ("ventas", &expected), "{header}");
    }
    for text in ["ds\ty\n2026-01-01\t1\n2026-01-02\t2.5\n", "Fecha;Valor\n01/01/2026;1\n02/01/2026;2,5\n31/12/2026;\n"]
    {
        assert_eq!(read(text)[0].points, expected, "{text}");
    }
}

#[test]
fn a_column_of_ids_goes_by_several_names() {
    for header in ["unique_id", "Unique ID", "serie", "cuenta", "id"] {
        let series = read(&format!("{header},fecha,seguidores\na,2026-01-01,1\nb,2026-01-01,2\n"));
        assert_eq!(series.iter().map(|series| series.id.as_str()).collect::<Vec<_>>(), ["a", "b"], "{header}");
    }
    assert_eq!(read("id,unique_id,ds,y\n1,a,2026-01-01,1\n2,a,2026-01-02,1\n").len(), 1, "a row's number is no series");
}

#[test]
fn each_cause_is_told_once_with_its_lines_and_the_first_of_them() {
    let text = "unique_id,ds,y\na,2026-01-01,1\na,x,1\na,y,1\n,2026-01-01,1\nb,2026-01-01,one\na,2026-01-04,1\n\
                b,2026-01-02,2\nb,2026-01-03\n";
    let found: Vec<_> = refused(text).into_iter().map(|refused| (refused.line, refused.count, refused.fault)).collect();
    let expected = [
        (3, 2, Fault::InvalidTime("x".into())),
        (5, 1, Fault::NoId),
        (6, 1, Fault::NotANumber("one".into())),
        (9, 1, Fault::FieldCount { found: 2, expected: 3 }),
    ];
    assert_eq!(found, expected);
    let text = "unique_id,ds,y\na,2026-01-01,1\nb,2026-01-01,1\na,2026-01-02,1\nb,2026-01-02,1\n";
    let scattered = Refused { line: 4, count: 2, fault: Fault::Scattered("a".into()) };
    assert_eq!(refused(text), [scattered]);
}

#[test]
fn every_fault_has_its_text_in_both_languages() {
    let cell = || "x".to_owned();
    for fault in [
        Fault::NoTimes,
        Fault::NoValues,
        Fault::RepeatedColumn { first: cell(), second: cell() },
        Fault::FieldCount { found: 1, expected: 2 },
        Fault::NoId,
        Fault::InvalidTime(cell()),
        Fault::MixedZones,
        Fault::NotANumber(cell()),
        Fault::Unusable(cell()),
        Fault::Scattered(cell()),
        Fault::AmbiguousDate(cell()),
        Fault::AmbiguousNumber(cell()),
        Fault::NotText,
        Fault::OpenQuote,
        Fault::TooLong,
    ] {
        let texts = Language::ALL.map(|language| fault.in_words(language));
        assert!(texts[0] != texts[1] && !texts[0].contains("%{") && !texts[0].starts_with("file."), "{texts:?}");
    }
}

#[test]
fn a_line_without_an_end_fills_no_memory() {
    let text = format!("unique_id,ds,y\n{}", "x".repeat(3 << 20));
    assert_eq!(fault(&text), (2, Fault::TooLong));
}

#[test]
fn times_are_written_as_they_were_read() {
    for text in [
        "2026-01-01",
        "2026-01-01 10:00",
        "2026-01-01T10:00:00",
        "2026-01-01T10:00:00Z",
        "2026-01-01 10:00:00-05:00",
        "2026-01-01T10:00:00.250+05:30",
    ] {
        assert_eq!(written(&format!("unique_id;ds;y\na;{text};1\n")), [text]);
    }
}

fn values(text: &str) -> Vec<f64> {
    read(text).iter().flat_map(|series| &series.points).map(|(_, value)| *value).collect()
}

#[test]
fn numbers_are_read_as_the_rest_of_their_column_tells() {
    let column = |numbers: &[&str]| {
        let row = |(day, number): (u32, &&str)| format!("a;2026-01-0{day};{number}\n");
        format!("unique_id;ds;y\n{}", (1..).zip(numbers).map(row).collect::<String>())
    };
    let same = |numbers: &[&str], expected: &[f64]| {
        let found = values(&column(numbers));
        assert!(
            found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9) && found.len() == expected.len(),
            "{found:?}"
        );
    };
    same(&["1,5", "12,345", "-7"], &[1.5, 12.345, -7.0]);
    same(&["1.234,5", "12.345"], &[1234.5, 12_345.0]);
    same(&["1,234,567", "12,345"], &[1_234_567.0, 12_345.0]);
    same(&["0.125", "12.345", "1e3"], &[0.125, 12.345, 1_000.0]);
    assert_eq!(fault(&column(&["1", "12,345"])), (3, Fault::AmbiguousNumber("12,345".into())));
    assert_eq!(fault(&column(&["1", "12.345"])), (3, Fault::AmbiguousNumber("12.345".into())));
    assert!((values("unique_id,ds,y\na,2026-01-01,12.345\n")[0] - 12.345).abs() < 1e-9, "among commas a point is one");
    assert_eq!(fault("unique_id,ds,y\na,2026-01-01,\"12,345\"\n"), (2, Fault::AmbiguousNumber("12,345".into())));
}

#[test]
fn days_before_months_are_read_and_written_back() {
    let text = "unique_id;ds;y\na;01/02/2026;1\na;13/02/2026;2\n";
    assert_eq!(written(text), ["01/02/2026", "13/02/2026"]);
    assert_eq!(read(text)[0].points[0].0.to_string(), "2026-02-01 00:00:00");
    let doubtful = "unique_id;ds;y\na;01/02/2026;1\n";
    assert_eq!(fault(doubtful), (2, Fault::AmbiguousDate("01/02/2026".into())));
    let table = table(doubtful.as_bytes());
    let told = Forms::of(&table, Some(DateOrder::MonthFirst)).unwrap();
    let series = SeriesFile::open(&table, told, "a").unwrap().next().unwrap().unwrap();
    assert_eq!(series.points[0].0.to_string(), "2026-01-02 00:00:00");
}

#[test]
fn files_of_spreadsheets_are_read_and_their_lines_are_counted() {
    let text = "sep=;\nunique_id;ds;y;\na\u{f1}o;2026-01-01;1,5;\n;;;\na\u{f1}o;2026-01-02;2;\n;;;\n";
    let expected = read(text);
    assert_eq!((expected.len(), expected[0].points.len()), (1, 2));
    let points = |bytes: &[u8]| open(bytes).unwrap().next().unwrap().unwrap().points;
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let windows: Vec<u8> = text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    for bytes in [utf_16, windows, text.replace('\n', "\r").into_bytes(), text.replace('\n', "\r\n").into_bytes()] {
        assert_eq!(points(&bytes), expected[0].points);
    }
    for end in ["\n", "\r\n", "\r"] {
        let broken = "unique_id,ds,y\na,2026-01-01,1\n\na,2026-02-30,1\n".replace('\n', end);
        assert_eq!(fault(&broken), (4, Fault::InvalidTime("2026-02-30".into())), "{end:?}");
    }
}

#[test]
fn a_change_of_clocks_moves_neither_days_nor_hours() {
    let series = read("unique_id,ds,y\na,2025-09-06T23:45:00-04:00,1\na,2025-09-07T23:31:00-03:00,2\n").remove(0);
    let written = |at: &NaiveDateTime| series.form.write(*at);
    let wall: Vec<_> = series.points.iter().map(|(at, _)| written(at)).collect();
    assert_eq!(wall, ["2025-09-06T23:45:00-03:00", "2025-09-07T23:31:00-03:00"], "days are those of the wall");
    let on_one: Vec<_> = series.on_one_offset().unwrap().iter().map(|(at, _)| written(at)).collect();
    assert_eq!(
        on_one,
        ["2025-09-07T00:45:00-03:00", "2025-09-07T23:31:00-03:00"],
        "hours are as far apart as they were"
    );
}

#[test]
fn offsets_of_different_places_are_told_on_the_last_one() {
    let text = "unique_id,ds,y\na,2026-01-02T04:30:00Z,1\na,2026-01-02T23:30:00-05:00,2\n";
    assert_eq!(written(text), ["2026-01-01T23:30:00-05:00", "2026-01-02T23:30:00-05:00"]);
}

#[test]
fn the_latest_time_tells_the_form_whatever_the_order_of_rows() {
    let rows = ["a,2025-09-06T23:45:00-04:00,1", "a,2025-09-07T23:31:00-03:00,2", "a,2025-09-08 23:33-03:00,3"];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let text = order.iter().map(|row| rows[*row]).collect::<Vec<_>>().join("\n");
        let series = read(&format!("unique_id,ds,y\n{text}")).remove(0);
        assert_eq!(series.form.write(series.points[0].0).split_off(10).len(), " 23:45-03:00".len());
    }
}

#[test]
fn a_series_of_too_many_rows_is_cut_and_the_next_one_is_read() {
    let many = "a,2026-01-01,1\n".repeat(SeriesFile::MOST_ROWS + 1);
    let series = read(&format!("unique_id,ds,y\n{many}b,2026-01-01,1\n"));
    assert!(series[0].cut && !series[1].cut);
    assert_eq!(series[0].points.len(), SeriesFile::MOST_ROWS);
}
