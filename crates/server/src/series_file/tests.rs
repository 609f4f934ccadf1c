use super::*;

fn read(text: &str) -> Vec<NamedSeries> {
    SeriesFile::open(text.as_bytes()).unwrap().collect::<Result<_, _>>().unwrap()
}

fn fault(text: &str) -> (u64, Fault) {
    let outcome = SeriesFile::open(text.as_bytes()).and_then(|mut file| file.find_map(Result::err).map_or(Ok(()), Err));
    match outcome {
        Err(SeriesFileError::Malformed { line, fault }) => (line, fault),
        other => panic!("{text:?} gave {other:?}"),
    }
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
        ("a,2026-1-01,1\n", 2, Fault::InvalidTime("2026-1-01".into())),
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
    assert_eq!(fault("unique_id,y\n"), (1, Fault::MissingColumn("ds")));
    assert_eq!(fault("unique_id,ds,y,y\n"), (1, Fault::RepeatedColumn("y")));
    assert_eq!(fault(""), (1, Fault::MissingColumn("unique_id")));
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

#[test]
fn summer_time_moves_neither_midnights_nor_hours() {
    let days = "unique_id,ds,y\na,2026-03-28T00:00:00+01:00,1\na,2026-03-30T00:00:00+02:00,1\n";
    assert_eq!(written(days), ["2026-03-28T00:00:00+02:00", "2026-03-30T00:00:00+02:00"]);
    let hours = "unique_id,ds,y\na,2026-03-29T01:00:00+01:00,1\na,2026-03-29T03:00:00+02:00,1\n";
    assert_eq!(written(hours), ["2026-03-29T02:00:00+02:00", "2026-03-29T03:00:00+02:00"]);
}

#[test]
fn a_series_of_too_many_rows_is_cut_and_the_next_one_is_read() {
    let many = "a,2026-01-01,1\n".repeat(SeriesFile::<&[u8]>::MOST_ROWS + 1);
    let series = read(&format!("unique_id,ds,y\n{many}b,2026-01-01,1\n"));
    assert!(series[0].cut && !series[1].cut);
    assert_eq!(series[0].points.len(), SeriesFile::<&[u8]>::MOST_ROWS);
}
