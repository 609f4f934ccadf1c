//! The table of a backtest: for a terminal, with what it means, and as CSV.

use std::fmt::Write as _;

use atalaya_domain::forecast::{ModelId, StepCoverage};
use atalaya_texts::Language;
use atalaya_web::{Cell, CsvLines};

use super::scores::{Mean, Row, milliseconds};
use super::{text_in, text_of_in};
use crate::words::Words;

/// The head of the last group of steps.
const FROM_15: &str = "15";
/// What marks the row of what is served.
const MARK: &str = "* ";

/// A column of both tables.
struct Column {
    /// In CSV.
    name: &'static str,
    /// On a terminal: a key of its texts, or steps ahead.
    head: &'static str,
    /// Digits after the point on a terminal.
    digits: usize,
    value: Option<f64>,
}

fn columns(row: &Row) -> [Column; 7] {
    let Row { total, owa, .. } = row;
    let column = |name, head, digits, value| Column { name, head, digits, value };
    [
        column("smape", "smape", 3, total.smape.get()),
        column("mase", "mase", 3, total.mase.get()),
        column("owa", "owa", 3, *owa),
        column("coverage_80", "coverage_80", 3, total.coverage_80.get()),
        column("coverage_95", "coverage_95", 3, total.coverage_95.get()),
        column("msis_95", "msis_95", 2, total.msis_95.get()),
        column("milliseconds", "milliseconds", 2, Some(milliseconds(total))),
    ]
}

/// The columns of coverage by groups of steps.
fn step_columns(row: &Row) -> impl Iterator<Item = Column> {
    const NAMES: [[&str; 3]; StepCoverage::GROUPS.len()] = [
        ["coverage_80_step_1", "coverage_95_step_1", "1"],
        ["coverage_80_step_2", "coverage_95_step_2", "2"],
        ["coverage_80_steps_3_4", "coverage_95_steps_3_4", "3-4"],
        ["coverage_80_steps_5_7", "coverage_95_steps_5_7", "5-7"],
        ["coverage_80_steps_8_14", "coverage_95_steps_8_14", "8-14"],
        ["coverage_80_steps_15_on", "coverage_95_steps_15_on", FROM_15],
    ];
    let column = |name, head, mean: Mean| Column { name, head, digits: 3, value: mean.get() };
    let groups = NAMES.into_iter().zip(row.total.by_step);
    groups.flat_map(move |([of_80, of_95, head], [mean_80, mean_95])| {
        [column(of_80, head, mean_80), column(of_95, head, mean_95)]
    })
}

/// The tables and what they mean, for a terminal.
pub(super) fn tables(rows: &[Row], language: Language) -> String {
    let mut text = table(rows, language);
    text.push_str(&coverage_table(rows, language));
    text.push_str("\n\n");
    text.push_str(&text_in(language, "cli.backtest.legend"));
    if rows.iter().any(|row| row.model == ModelId::Combination) {
        text.push('\n');
        text.push_str(&text_in(language, "cli.backtest.served"));
    }
    // What is served is made of the others: the question is which model alone is best.
    let alone = rows.iter().find(|row| row.model != ModelId::Combination);
    if let Some(best) = alone.filter(|row| row.model.is_baseline()) {
        let words = Words::of("cli.backtest.baseline").with("model", atalaya_texts::model(language, best.model));
        text.push('\n');
        text.push_str(&words.in_language(language));
    }
    text
}

fn name(row: &Row, language: Language) -> String {
    let mark = if row.model == ModelId::Combination { MARK } else { "" };
    format!("{mark}{}", atalaya_texts::model(language, row.model))
}

/// Aligned for a terminal.
fn table(rows: &[Row], language: Language) -> String {
    let width = rows.iter().map(|row| name(row, language).chars().count()).max().unwrap_or_default() + 2;
    let head = |head: &str| text_of_in(language, "cli.backtest.head", head);
    let mut text = format!("{:<width$}{:>8}", head("model"), head("series"));
    for column in rows.first().map(columns).into_iter().flatten() {
        let _ = write!(text, "{:>11}", head(column.head));
    }
    for row in rows {
        let _ = write!(text, "\n{:<width$}{:>8}", name(row, language), row.total.series);
        for Column { digits, value, .. } in columns(row) {
            let value = value.map_or("–".to_owned(), |value| format!("{value:.digits$}"));
            let _ = write!(text, "{value:>11}");
        }
    }
    text
}

/// How the intervals of what serves held, by steps ahead.
fn coverage_table(rows: &[Row], language: Language) -> String {
    let Some(row) = rows.iter().find(|row| row.model == ModelId::Combination) else { return String::new() };
    let columns: Vec<Column> = step_columns(row).filter(|column| column.value.is_some()).collect();
    if columns.is_empty() {
        return String::new();
    }
    let heading = text_in(language, "cli.backtest.coverage");
    let line = |level: &str| format!("{}, {level}", name(row, language));
    let width = [&heading, &line("80 %")].map(|text| text.chars().count()).into_iter().max().unwrap_or_default() + 2;
    let mut text = format!("\n\n{heading:<width$}");
    for column in columns.iter().step_by(2) {
        let head =
            if column.head == FROM_15 { text_in(language, "cli.backtest.from_15") } else { column.head.to_owned() };
        let _ = write!(text, "{head:>11}");
    }
    for (skipped, level) in [(0, "80 %"), (1, "95 %")] {
        let _ = write!(text, "\n{:<width$}", line(level));
        for column in columns.iter().skip(skipped).step_by(2) {
            let _ = write!(text, "{:>11.*}", column.digits, column.value.unwrap_or_default());
        }
    }
    text
}

/// The table as CSV, with English names and model ids, for programs.
pub(super) fn csv_bytes(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut lines = CsvLines::default();
    if let Some(row) = rows.first() {
        let names = columns(row).into_iter().chain(step_columns(row)).map(|column| column.name);
        lines.header(["model", "series"].into_iter().chain(names))?;
    }
    for row in rows {
        let number = |column: Column| column.value.map(|value| Cell::decimal(value, 6)).unwrap_or_default();
        let names = [Cell::text(row.model.as_str()), Cell::whole(row.total.series)];
        lines.line(names.into_iter().chain(columns(row).into_iter().chain(step_columns(row)).map(number)))?;
    }
    lines.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::scores::Total;
    use super::*;

    fn row(model: ModelId, owa: f64) -> Row {
        Row { model, total: Total { series: 3, ..Total::default() }, owa: Some(owa) }
    }

    #[test]
    fn a_baseline_that_wins_is_explained_in_a_sentence() {
        let combination = row(ModelId::Combination, 0.9);
        let won = [combination.clone(), row(ModelId::Drift, 0.95), row(ModelId::Ridge, 0.99)];
        let lost = [row(ModelId::Ridge, 0.8), combination, row(ModelId::Drift, 0.95)];
        let told = tables(&won, Language::English);
        assert!(told.contains("A baseline is the best single model here: Drift."), "{told}");
        let told = tables(&won, Language::Spanish);
        assert!(told.contains("es aquí una referencia: Deriva."), "{told}");
        assert!(!tables(&lost, Language::English).contains("A baseline"));
    }

    #[test]
    fn what_is_in_use_is_marked_in_its_row_and_nowhere_else() {
        let rows = [row(ModelId::Ridge, 0.8), row(ModelId::Combination, 0.9)];
        let told = tables(&rows, Language::English);
        let marked: Vec<&str> = told.lines().filter(|line| line.starts_with(MARK)).collect();
        assert!(marked.len() == 2 && marked[0].starts_with("* Combination "), "{told}");
        assert!(marked[1].starts_with("* in use: "), "{told}");
        let told = tables(&rows[..1], Language::English);
        assert!(!told.contains(MARK), "{told}");
    }
}
