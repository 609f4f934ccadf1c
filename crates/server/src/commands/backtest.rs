//! `atalaya backtest`: the models side by side on the series of a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use atalaya_application::ports::forecaster::TrainingError;
use atalaya_domain::forecast::{ModelId, ModelScore, StepCoverage};
use atalaya_pictures::{Bar, Drawing};
use atalaya_prediction::{Sequence, SmartForecaster};
use atalaya_web::{Cell, CsvLines};

use super::failures::Tally;
use super::forecast::horizon;
use super::interrupt::Interrupt;
use super::notices::{Notice, Notices};
use super::parallel::in_order;
use super::pictures::Frame;
use super::progress::FileProgress;
use super::source::{Reading, Source, Task, threads};
use super::whole_file::Output;
use super::{CommandError, guarded, say};
use crate::cli::BacktestArgs;

/// The id of a series, where it ends in the file, and how the models did on it.
type Scored = (String, u64, Result<(Vec<ModelScore>, Notice), String>);

/// A mean of what is defined.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: f64,
}

/// One model over all series.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    series: u64,
    smape: Mean,
    mase: Mean,
    /// Of the last value, on the same series: what OWA compares with.
    naive_smape: Mean,
    naive_mase: Mean,
    coverage_80: Mean,
    coverage_95: Mean,
    /// Both by groups of steps.
    by_step: [[Mean; 2]; StepCoverage::GROUPS.len()],
    msis_95: Mean,
    fit_time: Duration,
}

/// A row of the table.
#[derive(Debug, Clone)]
struct Row {
    model: ModelId,
    total: Total,
    owa: Option<f64>,
}

/// Compares the models on every series of a file.
pub(crate) fn run(args: &BacktestArgs) -> Result<(), CommandError> {
    let steps = usize::from(horizon(args.horizon)?.days());
    let origins = usize::from(args.origins);
    if origins == 0 {
        return Err(CommandError::Said("--origins: a whole number from 1".to_owned()));
    }
    let interrupt = Interrupt::listen()?;
    let source = Source::open(&args.input.file, Reading::of(&args.input)?)?;
    let files = Files::open(args)?;
    let mut progress = FileProgress::new(source.bytes);
    let (mut tally, mut notices) = (Tally::default(), Notices::default());
    let mut totals = BTreeMap::new();
    let work = |task: Task| {
        let scores = guarded(|| {
            let regular = task.data.regular(args.input.freq)?;
            let scores = SmartForecaster::new().backtest(&regular.sequence, steps, origins, &interrupt);
            Ok((scores.map_err(|error| in_words(&error))?, Notice::of(&regular, args.input.freq, Vec::new())))
        });
        (task.id, task.bytes, scores)
    };
    let done = |(id, bytes, scores): Scored| {
        interrupt.check()?;
        progress.series_done(bytes);
        tally.count(&id, scores.as_ref().err().map(String::as_str));
        let (scores, notice) = scores.unwrap_or_default();
        add(&mut totals, &scores, origins);
        notices.add(&id, &notice);
        Ok(())
    };
    in_order(threads(args.input.threads), source.tasks, work, done)?;
    interrupt.check()?;
    drop(progress);
    let rows = ranked(totals);
    if !rows.is_empty() {
        say(format!("{}{}", table(&rows), coverage_table(&rows)).trim_end())?;
        files.write(&rows, args)?;
    }
    notices.tell();
    tally.conclude()
}

fn in_words(error: &TrainingError) -> String {
    match error {
        TrainingError::InsufficientData { found, needed } if found < needed => {
            let before = Sequence::AT_LEAST;
            format!("{found} points; at least {needed} are needed, {before} of them before the first window")
        }
        TrainingError::InsufficientData { .. } => "nothing was observed in the windows to be forecast".to_owned(),
        other => other.to_string(),
    }
}

/// What the table is written to besides the terminal. Opened before the run, which may take hours.
struct Files {
    table: Option<Output>,
    svg: Option<Output>,
    png: Option<Output>,
}

impl Files {
    fn open(args: &BacktestArgs) -> Result<Self, CommandError> {
        let open =
            |path: &Option<PathBuf>| path.as_deref().map(|path| Output::open(Some(path), &args.input.file)).transpose();
        Ok(Self { table: open(&args.output)?, svg: open(&args.svg)?, png: open(&args.png)? })
    }

    fn write(self, rows: &[Row], args: &BacktestArgs) -> Result<(), CommandError> {
        if let Some(mut table) = self.table {
            table.write_all(&csv_bytes(rows).map_err(|error| CommandError::Said(error.to_string()))?)?;
            table.finish()?;
        }
        if self.svg.is_none() && self.png.is_none() {
            return Ok(());
        }
        let drawing = drawn(rows, args)?;
        if let Some(mut svg) = self.svg {
            svg.write_all(drawing.svg().as_bytes())?;
            svg.finish()?;
        }
        if let Some(mut png) = self.png {
            png.write_all(&drawing.png().map_err(|error| CommandError::Said(error.to_string()))?)?;
            png.finish()?;
        }
        Ok(())
    }
}

fn drawn(rows: &[Row], args: &BacktestArgs) -> Result<Drawing, CommandError> {
    let bars: Vec<_> = rows.iter().map(|row| Bar { model: row.model, owa: row.owa }).collect();
    let series = rows.iter().map(|row| row.total.series).max().unwrap_or_default();
    Ok(Frame::of(&args.input)?.backtest(&bars, series, args.horizon, args.origins.into()))
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.sum += value;
            self.count += 1.0;
        }
    }

    fn get(self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }
}

/// Adds the scores of one series.
fn add(totals: &mut BTreeMap<ModelId, Total>, scores: &[ModelScore], origins: usize) {
    let naive = scores.iter().find(|score| score.model == ModelId::Naive);
    for score in scores {
        let total = totals.entry(score.model).or_default();
        total.series += 1;
        total.smape.add(Some(score.smape));
        total.mase.add(score.mase);
        total.naive_smape.add(naive.map(|naive| naive.smape));
        total.naive_mase.add(naive.and_then(|naive| naive.mase));
        // The intervals of a single model come from its errors at the other origins; those of what serves, from its
        // past.
        let judged = origins > 1 || score.model == ModelId::Combination;
        total.coverage_80.add(judged.then_some(score.coverage_80));
        total.coverage_95.add(judged.then_some(score.coverage_95));
        for group in score.coverage_by_step.iter().filter(|_| judged) {
            let place = StepCoverage::GROUPS.iter().position(|from| *from == group.from);
            if let Some([of_80, of_95]) = place.and_then(|place| total.by_step.get_mut(place)) {
                of_80.add(Some(group.coverage_80));
                of_95.add(Some(group.coverage_95));
            }
        }
        total.msis_95.add(score.msis_95.filter(|_| judged));
        total.fit_time += score.fit_time;
    }
}

/// Overall weighted average (Makridakis et al. 2020): the mean of the two errors, each over that of the reference.
fn owa(total: &Total) -> Option<f64> {
    let ratio = |mean: Mean, naive: Mean| {
        let naive = naive.get().filter(|naive| *naive > 0.0)?;
        Some(mean.get()? / naive)
    };
    Some(f64::midpoint(ratio(total.smape, total.naive_smape)?, ratio(total.mase, total.naive_mase)?))
}

/// Best first; where OWA is not defined, by sMAPE.
fn ranked(totals: BTreeMap<ModelId, Total>) -> Vec<Row> {
    let mut rows: Vec<Row> = totals.into_iter().map(|(model, total)| Row { model, total, owa: owa(&total) }).collect();
    let key = |row: &Row| (row.owa.unwrap_or(f64::INFINITY), row.total.smape.get().unwrap_or(f64::INFINITY));
    rows.sort_by(|one, other| {
        let ((owa, smape), (other_owa, other_smape)) = (key(one), key(other));
        owa.total_cmp(&other_owa).then(smape.total_cmp(&other_smape))
    });
    rows
}

/// Milliseconds that the fits of one series took, on average.
fn milliseconds(total: &Total) -> f64 {
    let series = u32::try_from(total.series).unwrap_or(u32::MAX).max(1);
    (total.fit_time / series).as_secs_f64() * 1_000.0
}

/// A column of both tables.
struct Column {
    /// In CSV.
    name: &'static str,
    /// On a terminal.
    head: &'static str,
    /// Digits after the point on a terminal.
    digits: usize,
    value: Option<f64>,
}

fn columns(row: &Row) -> [Column; 7] {
    let Row { total, owa, .. } = row;
    let column = |name, head, digits, value| Column { name, head, digits, value };
    [
        column("smape", "sMAPE %", 3, total.smape.get()),
        column("mase", "MASE", 3, total.mase.get()),
        column("owa", "OWA", 3, *owa),
        column("coverage_80", "cov. 80", 3, total.coverage_80.get()),
        column("coverage_95", "cov. 95", 3, total.coverage_95.get()),
        column("msis_95", "MSIS 95", 2, total.msis_95.get()),
        column("milliseconds", "ms", 2, Some(milliseconds(total))),
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
        ["coverage_80_steps_15_on", "coverage_95_steps_15_on", "15 on"],
    ];
    let column = |name, head, mean: Mean| Column { name, head, digits: 3, value: mean.get() };
    let groups = NAMES.into_iter().zip(row.total.by_step);
    groups.flat_map(move |([of_80, of_95, head], [mean_80, mean_95])| {
        [column(of_80, head, mean_80), column(of_95, head, mean_95)]
    })
}

/// How the intervals of what serves held, by steps ahead, for a terminal.
fn coverage_table(rows: &[Row]) -> String {
    let Some(row) = rows.iter().find(|row| row.model == ModelId::Combination) else { return String::new() };
    let columns: Vec<Column> = step_columns(row).filter(|column| column.value.is_some()).collect();
    let mut text = format!("\n{:<36}", "coverage by steps ahead");
    for column in columns.iter().step_by(2) {
        let _ = write!(text, "{:>11}", column.head);
    }
    for (skipped, level) in [(0, "80 %"), (1, "95 %")] {
        let _ = write!(text, "\n{:<36}", format!("{}, {level}", row.model.name()));
        for column in columns.iter().skip(skipped).step_by(2) {
            let _ = write!(text, "{:>11.*}", column.digits, column.value.unwrap_or_default());
        }
    }
    text
}

/// Aligned for a terminal.
fn table(rows: &[Row]) -> String {
    let mut text = format!("{:<28}{:>8}", "model", "series");
    for column in rows.first().map(columns).into_iter().flatten() {
        let _ = write!(text, "{:>11}", column.head);
    }
    for row in rows {
        let _ = write!(text, "\n{:<28}{:>8}", row.model.name(), row.total.series);
        for Column { digits, value, .. } in columns(row) {
            let value = value.map_or("–".to_owned(), |value| format!("{value:.digits$}"));
            let _ = write!(text, "{value:>11}");
        }
    }
    text
}

fn csv_bytes(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
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
    use super::*;

    fn score(model: ModelId, smape: f64, mase: Option<f64>) -> ModelScore {
        ModelScore {
            model,
            mae: 0.0,
            rmse: 0.0,
            medae: 0.0,
            r2: None,
            evs: None,
            mape: None,
            smape,
            mase,
            coverage_80: 0.8,
            coverage_95: 1.0,
            coverage_by_step: Vec::new(),
            msis_95: None,
            fit_time: Duration::from_millis(4),
        }
    }

    #[test]
    fn owa_compares_with_the_last_value_on_the_same_series() {
        let mut totals = BTreeMap::new();
        let naive = |smape, mase| score(ModelId::Naive, smape, mase);
        add(&mut totals, &[naive(10.0, Some(2.0)), score(ModelId::Ridge, 5.0, Some(1.0))], 2);
        // The last value alone: ridge is not compared with what it was not fitted on.
        add(&mut totals, &[naive(90.0, Some(50.0))], 2);
        // A series that never moves has no MASE.
        add(&mut totals, &[naive(2.0, None), score(ModelId::Ridge, 4.0, None)], 2);
        let rows = ranked(totals);
        let owa: Vec<_> = rows.iter().map(|row| (row.model, row.total.series, row.owa.unwrap())).collect();
        assert_eq!(owa, [(ModelId::Ridge, 2, f64::midpoint(9.0 / 12.0, 0.5)), (ModelId::Naive, 3, 1.0)]);
        assert!((milliseconds(&rows[0].total) - 4.0).abs() < 1e-9);
    }
}
