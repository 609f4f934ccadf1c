//! `atalaya forecast` and `atalaya backtest` on files of series.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use atalaya_domain::forecast::ModelId;
use atalaya_tests::TestDatabase;
use atalaya_tests::fixtures::REAL_CHANNEL;
use atalaya_texts::Language;
use chrono::{Days, Months, NaiveDate, NaiveDateTime, TimeDelta};

use crate::command_line::run;

const HEADER: &str = "unique_id,ds,y\n";

/// The time of a point.
type When = fn(u32) -> String;

fn start() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap().into()
}

fn day(step: u32) -> String {
    (start() + Days::new(step.into())).date().to_string()
}

fn week(step: u32) -> String {
    (start() + Days::new(u64::from(step) * 7)).date().to_string()
}

fn month(step: u32) -> String {
    (start() + Months::new(step)).date().to_string()
}

fn hour(step: u32) -> String {
    (start() + TimeDelta::hours(step.into())).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Sixty rows: a line with a bend every fifth step.
fn rows(id: &str, when: When, level: f64, slope: f64) -> String {
    (0..60).fold(String::new(), |mut rows, step| {
        let value = level + slope * f64::from(step) + slope * f64::from(step % 5);
        let _ = writeln!(rows, "{id},{},{value}", when(step));
        rows
    })
}

fn file(folder: &TestDatabase, text: &str) {
    std::fs::write(folder.folder().join("series.csv"), text).unwrap();
}

/// Runs the program without any setting; nothing but the file may matter.
fn command(folder: &TestDatabase, arguments: &[&str]) -> Output {
    run(folder, arguments, &[], "")
}

fn printed(folder: &TestDatabase, arguments: &[&str]) -> String {
    let output = command(folder, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &TestDatabase, arguments: &[&str]) -> String {
    let output = command(folder, arguments);
    assert!(!output.status.success(), "{arguments:?} succeeded");
    String::from_utf8(output.stderr).unwrap()
}

/// The times of each series of a result.
fn times(printed: &str) -> BTreeMap<String, Vec<String>> {
    let mut times: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in printed.lines().skip(1) {
        let mut cells = line.split(',').map(str::to_owned);
        times.entry(cells.next().unwrap()).or_default().push(cells.next().unwrap());
    }
    times
}

#[test]
fn the_step_of_each_series_goes_on_and_times_keep_their_form() {
    let folder = TestDatabase::default();
    let series: [(&str, When); 4] = [("weeks", week), ("hours", hour), ("months", month), ("days", day)];
    file(&folder, &series.iter().fold(HEADER.to_owned(), |text, (id, when)| text + &rows(id, *when, 500.0, 2.0)));
    let printed = printed(&folder, &["forecast", "series.csv", "--horizon", "3"]);
    assert!(printed.starts_with("unique_id,ds,mean,lo-80,hi-80,lo-95,hi-95,model\n"), "{printed}");
    let found = times(&printed);
    for (id, when) in series {
        assert_eq!(found[id], [60, 61, 62].map(when), "{id}");
    }
}

#[test]
fn any_finite_number_is_a_value() {
    let folder = TestDatabase::default();
    let text = format!(
        "{HEADER}{}{}{}",
        rows("negative", day, -40.5, -0.25),
        rows("fraction", day, 0.25, 0.001),
        rows("large", week, 1e12, 1e9)
    );
    file(&folder, &text);
    let printed = printed(&folder, &["forecast", "series.csv", "--horizon", "5", "--level", "90"]);
    for line in printed.lines().skip(1) {
        let numbers: Vec<f64> = line.split(',').skip(2).take(3).map(|cell| cell.parse().unwrap()).collect();
        assert!(numbers[1] <= numbers[0] && numbers[0] <= numbers[2], "{line}");
    }
    assert_eq!(printed.lines().count(), 16);
}

#[test]
fn ids_that_do_not_stand_together_are_refused_with_their_line() {
    let folder = TestDatabase::default();
    file(&folder, &format!("{HEADER}{}{}a,2030-01-01,5\n", rows("a", day, 1.0, 1.0), rows("b", day, 1.0, 1.0)));
    let errors = refused(&folder, &["forecast", "series.csv", "--horizon", "3"]);
    assert!(errors.contains("line 122") && errors.contains("sort the file by unique_id"), "{errors}");
}

#[test]
fn a_malformed_row_is_named_by_its_line_and_replaces_no_file() {
    let folder = TestDatabase::default();
    let output = folder.folder().join("out.csv");
    std::fs::write(&output, "of yesterday").unwrap();
    for (row, words) in [
        ("a,2024-02-30,1", "2024-02-30"),
        ("a,2024-03-30,one", "one"),
        ("a,2024-03-30", "columns here: 2; in the header: 3"),
        ("a,2024-03-30,inf", "inf"),
    ] {
        file(&folder, &format!("{HEADER}{}{row}\n", rows("a", day, 1.0, 1.0)));
        let errors = refused(&folder, &["forecast", "series.csv", "--horizon", "3", "--output", "out.csv"]);
        assert!(errors.contains("line 62") && errors.contains(words), "{errors}");
        assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
        assert_eq!(std::fs::read_to_string(&output).unwrap(), "of yesterday");
    }
    file(&folder, "id,when,amount\na,2024-01-01,1\n");
    let errors = refused(&folder, &["forecast", "series.csv", "--horizon", "3"]);
    assert!(errors.contains("unique_id") && errors.contains("hora"), "{errors}");
    file(&folder, HEADER);
    assert!(refused(&folder, &["forecast", "series.csv", "--horizon", "3"]).contains("no rows"));
    assert_eq!(leftovers(folder.folder()), [""; 0]);
}

#[test]
fn a_file_of_one_series_needs_no_ids_and_is_called_after_the_file() {
    let folder = TestDatabase::default();
    let named = rows("series", day, 500.0, 2.0);
    file(&folder, &format!("{HEADER}{named}"));
    let forecast = ["forecast", "series.csv", "--horizon", "3"];
    let expected = printed(&folder, &forecast);
    let bare = named.replace("series,", "");
    for header in ["ds,y", "fecha,valor", "date,value", "FECHA , Valor", "\u{feff}D\u{ed}a,y"] {
        file(&folder, &format!("{header}\n{bare}"));
        assert_eq!(printed(&folder, &forecast), expected, "{header}");
    }
    for (header, between) in [("Fecha;Valor", ";"), ("ds\ty", "\t")] {
        file(&folder, &format!("{header}\n{}", bare.replace(',', between)));
        assert_eq!(printed(&folder, &forecast), expected, "{header}");
    }
    let arguments = ["forecast", "-", "--horizon", "3"];
    let output = run(&folder, &arguments, &[], &format!("fecha,valor\n{bare}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.replace("series,", "stdin,"));
    let output = run(&folder, &["backtest", "-", "--horizon", "3", "--origins", "2"], &[], &format!("ds,y\n{bare}"));
    assert!(String::from_utf8(output.stdout).unwrap().contains("Naive"));
}

#[test]
fn a_time_and_followers_are_an_account() {
    let folder = TestDatabase::default();
    let row = |step: u32| format!("{};{}\n", day(step), 500 + 2 * step);
    let rows: String = (0..60).map(row).collect();
    let forecast = ["forecast", "series.csv", "--horizon", "3"];
    file(&folder, &format!("hora;seguidores\n{rows}"));
    let expected = printed(&folder, &forecast);
    for header in ["Fecha;Seguidores", "date;followers"] {
        file(&folder, &format!("{header}\n{rows}"));
        assert_eq!(printed(&folder, &forecast), expected, "{header}");
    }
    let output = run(&folder, &["forecast", "-", "--horizon", "3"], &[], &format!("Fecha;Seguidores\n{rows}"));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.replace("series,", "stdin,"));
}

#[test]
fn the_model_of_a_forecast_is_named_in_the_readers_language_and_numbers_are_the_same() {
    let folder = TestDatabase::default();
    file(&folder, &(HEADER.to_owned() + &rows("a", day, 500.0, 2.0)));
    let said = |locale: &str| -> Vec<String> {
        let output = run(&folder, &["forecast", "series.csv", "--horizon", "1"], &[("LC_ALL", locale)], "");
        String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap().split(',').map(str::to_owned).collect()
    };
    let (english, spanish) = (said("C"), said("es_PE.UTF-8"));
    assert_eq!(english[..7], spanish[..7]);
    let named = |language, name: &str| ModelId::ALL.iter().any(|id| atalaya_texts::model(language, *id) == name);
    assert!(named(Language::English, &english[7]), "{english:?}");
    assert!(named(Language::Spanish, &spanish[7]), "{spanish:?}");
}

#[test]
fn a_single_point_is_told_in_good_words() {
    let folder = TestDatabase::default();
    file(&folder, &format!("{HEADER}a,2024-01-01,5\n"));
    let told = |locale: &str| {
        let output = run(&folder, &["forecast", "series.csv", "--horizon", "1"], &[("LC_ALL", locale)], "");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(told("C").contains("points: 1; at least"), "{}", told("C"));
    assert!(told("es_PE.UTF-8").contains("puntos: 1; se necesitan al menos"), "{}", told("es_PE.UTF-8"));
}

#[test]
fn each_cause_is_one_line_with_a_count_and_its_first_line_in_the_readers_language() {
    let folder = TestDatabase::default();
    let series = format!("{HEADER}a,x,1\na,2024-01-01,1\na,y,1\na,2024-01-02\n");
    let account = "Fecha;Seguidores\n2024-01-01;-1\n2024-01-02;5\nayer;-2\n";
    for (text, causes) in [
        (series.as_str(), [["line 2: \"x\" ", "on 2 lines"], ["line 5: columns here: 2; in the header: 3", ""]]),
        (account, [["line 2: seguidores: ", "on 2 lines"], ["line 4: Fecha: ", ""]]),
    ] {
        file(&folder, text);
        let errors = refused(&folder, &["forecast", "series.csv", "--horizon", "3"]);
        let lines: Vec<&str> = errors.trim_end().lines().collect();
        assert_eq!(lines.len(), 2, "{errors}");
        for (line, [place, count]) in lines.iter().zip(causes) {
            assert!(line.contains(place) && line.contains(count), "{errors}");
        }
        let settings = [("LANG", "es_PE.UTF-8")];
        let output = run(&folder, &["forecast", "series.csv", "--horizon", "3"], &settings, "");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains("línea 2: ") && errors.contains("en 2 líneas; esta es la primera"), "{errors}");
    }
}

/// Half-written files.
fn leftovers(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".part")).collect()
}

/// Sixty rows that lose a third at one step, for good.
fn purged(id: &str) -> String {
    let value = |step: u32| 9_000 + 20 * step + step * step % 7 - if step < 40 { 0 } else { 3_000 };
    (0..60).fold(String::new(), |rows, step| rows + &format!("{id},{},{}\n", day(step), value(step)))
}

#[test]
fn what_a_reader_should_know_is_told_at_the_end_and_not_series_by_series() {
    let folder = TestDatabase::default();
    let plain = rows("plain", day, 500.0, 2.0);
    file(&folder, &format!("{HEADER}{plain}{}{}a2,{},9000\n", purged("a1"), purged("a2"), day(3)));
    let forecast = ["forecast", "series.csv", "--horizon", "3"];
    let output = command(&folder, &forecast);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && errors.contains("(LEVEL_SHIFT: 2 series, first a1)\n"), "{errors}");
    let replaced = "Rows replaced by a later one at the same time or step: 1 (1 series, first a2).\n";
    assert!(errors.ends_with(replaced), "{errors}");
    let output = command(&folder, &["backtest", "series.csv", "--horizon", "3", "--origins", "2"]);
    let step = "Step found: every day (D) (3 series, first plain).\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("{step}{replaced}"));
    file(&folder, &format!("{HEADER}{plain}"));
    let told = ["forecast", "series.csv", "--horizon", "3", "--freq", "D"];
    let errors = String::from_utf8(command(&folder, &told).stderr).unwrap();
    assert!(!errors.contains("Step found"), "a step that was told is told back: {errors}");
}

/// A small input that failed once, with its right answer.
fn case(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cases").join(name);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn steps_of_people_go_on_as_people_count_them() {
    let folder = TestDatabase::default();
    for (name, step, first_dates) in [
        ("05-month-ends-from-february.csv", "every month on the last day (ME)", ["2024-06-30", "2024-07-31"]),
        ("06-every-28-days.csv", "every 28 days (28D)", ["2025-01-27", "2025-02-24"]),
        ("07-daily-with-second-reading-an-hour-later.csv", "every day (D)", ["2024-04-10 22:00", "2024-04-11 22:00"]),
    ] {
        file(&folder, &case(name));
        let output = command(&folder, &["forecast", "series.csv", "--horizon", "2"]);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && errors.contains(&format!("Step found: {step} (1 series")), "{errors}");
        assert_eq!(times(&String::from_utf8(output.stdout).unwrap())["a"], first_dates, "{name}");
    }
}

#[test]
fn days_of_the_wall_clock_stay_those_days_in_any_order_of_rows() {
    let folder = TestDatabase::default();
    let text = case("04-daily-2330-local-over-dst.csv");
    file(&folder, &text);
    let forward = printed(&folder, &["forecast", "series.csv", "--horizon", "2"]);
    assert_eq!(times(&forward)["a"], ["2025-09-23T23:37:00-03:00", "2025-09-24T23:37:00-03:00"]);
    let rows: Vec<&str> = text.lines().skip(1).collect();
    file(&folder, &format!("{HEADER}{}\n", rows.into_iter().rev().collect::<Vec<_>>().join("\n")));
    assert_eq!(printed(&folder, &["forecast", "series.csv", "--horizon", "2"]), forward);
}

#[test]
fn tiny_values_are_written_with_their_digits() {
    let folder = TestDatabase::default();
    file(&folder, &case("11-values-of-1e-17.csv"));
    let printed = printed(&folder, &["forecast", "series.csv", "--horizon", "1"]);
    let mean: f64 = printed.lines().nth(1).unwrap().split(',').nth(2).unwrap().parse().unwrap();
    assert!((mean / 1.6e-17 - 1.0).abs() < 0.01, "{printed}");
}

/// Means and bounds of 80 and 95 % of each row of a forecast.
fn numbers(printed: &str) -> Vec<Vec<f64>> {
    let row = |line: &str| line.split(',').skip(2).take(5).map(|cell| cell.parse().unwrap()).collect();
    printed.lines().skip(1).map(row).collect()
}

/// What the program answers to a case, 14 steps ahead, and what it says beside it.
fn answered(name: &str) -> (Vec<Vec<f64>>, String) {
    let folder = TestDatabase::default();
    file(&folder, &case(name));
    let output = command(&folder, &["forecast", "series.csv", "--horizon", "14"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{name}: {errors}");
    let rows = numbers(&String::from_utf8(output.stdout).unwrap());
    for row in &rows {
        assert!(row[3] <= row[1] && row[1] <= row[0] && row[0] <= row[2] && row[2] <= row[4], "{name}: {row:?}");
    }
    assert_eq!(rows.len(), 14, "{name}");
    (rows, errors)
}

#[test]
fn three_days_after_a_gap_of_eight_there_is_a_forecast_with_a_warning() {
    let (rows, errors) = answered("01-weekly-season-8-day-gap-3-days-after.csv");
    assert!(errors.contains("LONG_GAP: 1 series, first a"), "{errors}");
    // 2 a day, and 100 more on every seventh.
    let truth = |day: usize| {
        1_140.0 + 2.0 * f64::from(u8::try_from(day).unwrap()) + if day.is_multiple_of(7) { 100.0 } else { 0.0 }
    };
    for (row, day) in rows.iter().zip(1..) {
        assert!((row[0] - truth(day)).abs() < 10.0, "day {day}: {row:?}");
    }
}

#[test]
fn a_jump_at_the_end_of_a_flat_history_is_doubted_and_the_interval_reaches_over_both_readings() {
    let (rows, errors) = answered("02-flat-then-one-jump.csv");
    assert!(errors.contains("UNCONFIRMED_JUMP: 1 series, first a"), "{errors}");
    assert!(rows.iter().all(|row| row[3] <= 1_010.0 && row[4] >= 1_490.0), "{rows:?}");
}

#[test]
fn a_gap_that_ended_forty_days_ago_costs_the_weekly_cycle_nothing() {
    let (rows, _) = answered("03a-weekly-peak-7-day-gap-ended-40-days-ago.csv");
    let peaks: Vec<usize> = (0..14).filter(|day| rows[*day][0] > rows[(day + 1) % 14][0] + 50.0).collect();
    assert!(matches!(peaks[..], [first, second] if second - first == 7), "{rows:?}");
}

#[test]
fn an_account_that_is_read_every_fifteen_days_goes_on_growing() {
    let (rows, _) = answered("09-account-read-every-15-days.csv");
    // 20 a day since 18,700.
    for (row, day) in rows.iter().zip(1..) {
        assert!((row[0] - (18_700.0 + 20.0 * f64::from(day))).abs() < 5.0 * f64::from(day), "day {day}: {row:?}");
    }
}

#[test]
fn one_reading_after_silent_days_and_three_odd_days_that_returned_are_forecast_near_the_truth() {
    let truth: Vec<f64> = case("truth_tenko_next_14.csv")
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap().parse().unwrap())
        .collect();
    for name in ["gap7_one_reading.csv", "gap8_one_reading.csv", "spike_three_days_returned.csv"] {
        let (rows, errors) = answered(name);
        let off = rows.iter().zip(&truth).map(|(row, truth)| (row[0] - truth).abs()).sum::<f64>() / 14.0;
        assert!(off < 350.0, "{name}: {off} off");
        assert_eq!(errors.contains("OUTLIERS"), name.starts_with("spike"), "{errors}");
    }
}

#[test]
fn a_step_and_levels_are_told_as_they_are_meant_or_refused() {
    let folder = TestDatabase::default();
    file(&folder, &format!("{HEADER}{}", rows("a", day, 500.0, 2.0)));
    let forecast = ["forecast", "series.csv", "--horizon", "2"];
    let with = |more: &[&'static str]| [&forecast[..], more].concat();
    // 60 days from a Monday on: eight whole weeks to Sunday, and four days that wait for the rest of theirs.
    let output = command(&folder, &with(&["--freq", "W-SUN"]));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(times(&String::from_utf8(output.stdout).unwrap())["a"], ["2024-03-03", "2024-03-10"], "{errors}");
    assert!(errors.contains("The last step is not over and was left out (1 series, first a).\n"), "{errors}");
    assert!(refused(&folder, &with(&["--freq", "fortnight"])).contains("W-MON to W-SUN"));
    assert!(refused(&folder, &with(&["--level", "80,80"])).contains("80 is there twice"));
}

#[test]
fn what_cannot_be_written_is_refused_before_the_backtest() {
    let folder = TestDatabase::default();
    file(&folder, &format!("{HEADER}{}", rows("a", day, 1.0, 1.0)));
    for option in ["--output", "--svg", "--png"] {
        let arguments = ["backtest", "series.csv", "--horizon", "5", "--origins", "4", option, "no-folder/file"];
        let output = command(&folder, &arguments);
        assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("no-folder/file"), "{output:?}");
    }
}

#[test]
fn a_series_too_short_for_a_backtest_is_told_what_it_needs() {
    let folder = TestDatabase::default();
    let first = |count| rows("a", day, 1.0, 1.0).split_inclusive('\n').take(count).collect::<String>();
    let backtest = ["backtest", "series.csv", "--horizon", "14", "--origins", "4", "--output", "table.csv"];
    file(&folder, &format!("{HEADER}{}", first(21)));
    let errors = refused(&folder, &backtest);
    assert!(errors.contains("a: points: 21; at least 22 are needed"), "{errors}");
    assert_eq!((leftovers(folder.folder()), folder.folder().join("table.csv").exists()), (vec![], false));
    file(&folder, &format!("{HEADER}{}", first(22)));
    assert!(printed(&folder, &backtest).contains("Naive"));
}

#[test]
fn a_series_that_fails_is_told_and_the_others_are_written() {
    let folder = TestDatabase::default();
    let text = format!("{HEADER}{}short,2024-01-01,1\n{}", rows("a", day, 1.0, 1.0), rows("b", day, 1.0, 1.0));
    file(&folder, &text);
    let errors = refused(&folder, &["forecast", "series.csv", "--horizon", "3", "--output", "out.csv"]);
    assert!(errors.contains("1 of 3 series failed; short: "), "{errors}");
    let written = std::fs::read_to_string(folder.folder().join("out.csv")).unwrap();
    assert_eq!(times(&written).into_keys().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let folder = TestDatabase::default();
    let series = (0..24).map(|number| rows(&format!("s{number}"), day, f64::from(number), 1.5));
    file(&folder, &series.fold(HEADER.to_owned(), |text, rows| text + &rows));
    let on = |threads: &str| printed(&folder, &["forecast", "series.csv", "--horizon", "4", "--threads", threads]);
    let one = on("1");
    assert_eq!(one, on("7"));
    let ids: Vec<_> = one.lines().skip(1).step_by(4).map(|line| line.split(',').next().unwrap().to_owned()).collect();
    assert_eq!(ids, (0..24).map(|number| format!("s{number}")).collect::<Vec<_>>());
}

#[test]
fn an_account_is_forecast_by_days_with_the_servers_engine() {
    let folder = TestDatabase::default();
    file(&folder, REAL_CHANNEL);
    let printed = printed(&folder, &["forecast", "series.csv", "--horizon", "7"]);
    let found = times(&printed);
    assert_eq!(found["series"].len(), 7, "{printed}");
    assert!(NaiveDate::parse_from_str(&found["series"][0], "%Y-%m-%d").is_ok(), "{printed}");
    assert_eq!(
        self::printed(&folder, &["forecast", "series.csv", "--horizon", "7", "--freq", "D"]),
        printed,
        "days are those of the server whether they are found or told"
    );
}

#[test]
fn an_id_that_would_be_a_formula_is_written_as_text() {
    let folder = TestDatabase::default();
    for (id, written) in [("=1+1", "'=1+1,"), ("＝1+1", "'＝1+1,"), ("a;=1+1", "a;'=1+1,"), ("-1", "'-1,")] {
        file(&folder, &format!("{HEADER}{}", rows(id, day, 1.0, 1.0)));
        let printed = printed(&folder, &["forecast", "series.csv", "--horizon", "1"]);
        assert!(printed.lines().nth(1).unwrap().starts_with(written), "{printed}");
    }
}

#[test]
fn a_backtest_has_a_row_for_every_model() {
    let folder = TestDatabase::default();
    file(&folder, &format!("{HEADER}{}{}", rows("a", day, 500.0, 2.0), rows("b", week, -9.0, 0.5)));
    let arguments = ["backtest", "series.csv", "--horizon", "5", "--origins", "4", "--output", "table.csv"];
    let printed = printed(&folder, &arguments);
    let table = std::fs::read_to_string(folder.folder().join("table.csv")).unwrap();
    assert_eq!(
        table.lines().next().unwrap(),
        "model,series,smape,mase,owa,coverage_80,coverage_95,msis_95,milliseconds,coverage_80_step_1,coverage_95_step_1,\
         coverage_80_step_2,coverage_95_step_2,coverage_80_steps_3_4,coverage_95_steps_3_4,coverage_80_steps_5_7,\
         coverage_95_steps_5_7,coverage_80_steps_8_14,coverage_95_steps_8_14,coverage_80_steps_15_on,\
         coverage_95_steps_15_on"
    );
    let rows: BTreeMap<&str, Vec<&str>> =
        table.lines().skip(1).map(|line| (line.split(',').next().unwrap(), line.split(',').collect())).collect();
    for model in [ModelId::Naive, ModelId::Drift, ModelId::Ridge, ModelId::RandomForest] {
        assert_eq!(rows[model.as_str()].get(1), Some(&"2"), "{table}");
        assert!(printed.lines().any(|line| line.starts_with(model.name())), "{printed}");
    }
    assert_eq!(rows["naive"].get(4), Some(&"1.000000"), "{table}");
    // The header; what is told of coverage by steps, a header and two levels; two sentences; a blank line before both.
    assert_eq!(printed.lines().count(), rows.len() + 8, "{printed}");
    assert!(printed.lines().any(|line| line.starts_with("* Combination ")), "{printed}");
    assert!(printed.lines().any(|line| line.starts_with("coverage by steps ahead")), "{printed}");
}

#[test]
fn an_interrupt_leaves_no_half_file() {
    let folder = TestDatabase::default();
    let series = (0..4_000).map(|number| rows(&format!("s{number}"), day, f64::from(number), 1.5));
    file(&folder, &series.fold(HEADER.to_owned(), |text, rows| text + &rows));
    let mut program = Command::new(env!("CARGO_BIN_EXE_serve_for_tests"))
        .args(["forecast", "series.csv", "--horizon", "28", "--output", "out.csv"])
        .current_dir(folder.folder())
        .env_clear()
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let patience = Instant::now() + Duration::from_mins(2);
    while leftovers(folder.folder()).is_empty() {
        assert!(Instant::now() < patience && program.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    let process = rustix::process::Pid::from_child(&program);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert!(!program.wait().unwrap().success());
    assert_eq!(leftovers(folder.folder()), [""; 0]);
    assert!(!folder.folder().join("out.csv").exists());
}
