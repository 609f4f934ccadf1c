//! What `atalaya backtest` tells of its table.

use std::fmt::Write as _;

use atalaya_tests::TestDatabase;
use chrono::{Days, NaiveDate};

use crate::command_line::{run, succeed};

/// A file with one series of so many days.
fn stage(days: u32, value: impl Fn(u32) -> f64) -> TestDatabase {
    let folder = TestDatabase::default();
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    let rows = (0..days).fold("unique_id,ds,y\n".to_owned(), |mut rows, day| {
        let _ = writeln!(rows, "a,{},{}", first + Days::new(day.into()), value(day));
        rows
    });
    std::fs::write(folder.folder().join("series.csv"), rows).unwrap();
    folder
}

/// Up and down by no rule that a short look finds.
fn walk(day: u32) -> f64 {
    (0..=day).fold(1_000.0, |level, day| level + if (day * day * 7 + day * 3) % 11 < 5 { 3.0 } else { -3.0 })
}

#[test]
fn origins_are_chosen_by_the_length_of_a_series_and_told() {
    let backtest = ["backtest", "series.csv", "--horizon", "7"];
    for (days, told) in [(120, "Origins chosen: 5 (1 series)."), (50, "Origins chosen: 3 (1 series).")] {
        let printed = succeed(&stage(days, |day| 500.0 + 2.0 * f64::from(day)), &backtest, "");
        assert!(printed.contains(told), "{printed}");
    }
    let folder = stage(50, |day| 500.0 + 2.0 * f64::from(day));
    let asked = succeed(&folder, &[&backtest[..], &["--origins", "2"]].concat(), "");
    assert!(!asked.contains("Origins"), "{asked}");
    let many = succeed(&folder, &[&backtest[..], &["--origins", "40"]].concat(), "");
    assert!(many.contains("Not all origins that were asked for") && many.contains("Used: 6 (1 series)."), "{many}");
}

#[test]
fn what_is_in_use_is_marked() {
    let printed = succeed(&stage(90, walk), &["backtest", "series.csv", "--horizon", "5"], "");
    assert!(printed.lines().any(|line| line.starts_with("* Combination ")), "{printed}");
    assert!(printed.contains("* in use:"), "{printed}");
}

#[test]
fn tables_are_in_the_language_of_whoever_typed_the_command() {
    let folder = stage(60, walk);
    let output = run(&folder, &["backtest", "series.csv", "--horizon", "5"], &[("LANG", "es_PE.UTF-8")], "");
    let printed = String::from_utf8(output.stdout).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(printed.starts_with("modelo") && printed.contains("* Combinación"), "{printed}");
    assert!(printed.contains("cobertura por pasos adelante") && printed.contains("Orígenes elegidos: "), "{printed}");
    assert!(told.contains("Paso encontrado: cada día (D)"), "{told}");
    for word in ["model ", "coverage", "series failed", "cli."] {
        assert!(!printed.contains(word) && !told.contains(word), "{word} is in {printed}{told}");
    }
}
