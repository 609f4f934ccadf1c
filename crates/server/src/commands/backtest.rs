//! `atalaya backtest`: the models side by side on the series of a file.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use atalaya_application::AppError;
use atalaya_application::ports::forecaster::TrainingError;
use atalaya_domain::forecast::ModelScore;
use atalaya_pictures::{Bar, Drawing};
use atalaya_prediction::{Sequence, SmartForecaster};

use super::failures::Tally;
use super::forecast::horizon;
use super::interrupt::Interrupt;
use super::notices::{Notice, Notices};
use super::parallel::in_order;
use super::pictures::Frame;
use super::progress::FileProgress;
use super::scoreboard::{csv_bytes, tables};
use super::scores::{Row, add, ranked};
use super::source::{Reading, Source, Task, threads};
use super::whole_file::Output;
use super::{CommandError, guarded, refused, say};
use crate::cli::BacktestArgs;
use crate::words::{self, Words, language};

/// Origins that are enough to tell models apart, where nobody says how many.
const ENOUGH_ORIGINS: usize = 5;

/// The id of a series, where it ends in the file, and how the models did on it.
type Scored = (String, u64, Result<(Vec<ModelScore>, usize, Notice), String>);

/// Compares the models on every series of a file.
pub(crate) fn run(args: &BacktestArgs) -> Result<(), CommandError> {
    let steps = usize::from(horizon(args.horizon)?.days());
    let asked = args.origins.map(usize::from);
    if asked == Some(0) {
        return Err(refused("cli.argument.origins"));
    }
    let interrupt = Interrupt::listen()?;
    let source = Source::open(&args.input, Reading::of(&args.input)?)?;
    let files = Files::open(args)?;
    let mut progress = FileProgress::new(source.bytes);
    let (mut tally, mut notices) = (Tally::default(), Notices::default());
    let (mut totals, mut origins) = (BTreeMap::new(), BTreeMap::new());
    let work = |task: Task| {
        let scores = guarded(|| {
            let regular = task.data.regular(args.input.freq)?;
            let most = asked.unwrap_or_else(|| enough_origins(&regular.sequence, steps));
            let scores = SmartForecaster::new().backtest(&regular.sequence, steps, most, &interrupt);
            let scores = scores.map_err(|error| in_words(&error))?;
            let used = regular.sequence.origins(steps, most);
            Ok((scores, used, Notice::of(&regular, args.input.freq, Vec::new())))
        });
        (task.id, task.bytes, scores)
    };
    let done = |(id, bytes, scores): Scored| {
        interrupt.check()?;
        progress.series_done(bytes);
        tally.count(&id, scores.as_ref().err().map(String::as_str));
        if let Ok((scores, used, notice)) = scores {
            add(&mut totals, &scores, used);
            *origins.entry(used).or_default() += 1;
            notices.add(&id, &notice);
        }
        Ok(())
    };
    in_order(threads(args.input.threads), source.tasks, work, done)?;
    interrupt.check()?;
    drop(progress);
    let rows = ranked(totals);
    if !rows.is_empty() {
        say(&tables(&rows, language()))?;
        if origins.keys().any(|used| asked != Some(*used)) {
            say(&used_origins(&origins, asked))?;
        }
        let most = origins.keys().max().copied().unwrap_or_default();
        files.write(&rows, args, most)?;
    }
    notices.tell();
    tally.conclude()
}

fn in_words(error: &TrainingError) -> String {
    match error {
        TrainingError::InsufficientData { found, needed } if found < needed => {
            let words = Words::of("cli.backtest.too_short").with("found", found).with("needed", needed);
            words.with("before", Sequence::AT_LEAST).text()
        }
        TrainingError::InsufficientData { .. } => Words::of("cli.backtest.unobserved").text(),
        other => words::of_training(other).text(),
    }
}

/// As many origins as are enough, and so few that at least half of the series precedes the first of them.
fn enough_origins(sequence: &Sequence, steps: usize) -> usize {
    (sequence.points().count() / 2 / steps.max(1)).clamp(1, ENOUGH_ORIGINS)
}

/// How many origins were used, of how many series each.
fn used_origins(origins: &BTreeMap<usize, u64>, asked: Option<usize>) -> String {
    let used = origins.iter().rev().map(|(used, series)| {
        let words = Words::of_count(*series, "cli.backtest.origins_of_one", "cli.backtest.origins_of_series");
        words.with("origins", used).with("series", series).text()
    });
    let key = if asked.is_some() { "cli.backtest.fewer_origins" } else { "cli.backtest.chosen_origins" };
    Words::of(key).with("used", used.collect::<Vec<_>>().join(", ")).text()
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

    fn write(self, rows: &[Row], args: &BacktestArgs, origins: usize) -> Result<(), CommandError> {
        if let Some(mut table) = self.table {
            table.write_all(&csv_bytes(rows).map_err(AppError::internal)?)?;
            table.finish()?;
        }
        if self.svg.is_none() && self.png.is_none() {
            return Ok(());
        }
        let drawing = drawn(rows, args, origins)?;
        if let Some(mut svg) = self.svg {
            svg.write_all(drawing.svg().as_bytes())?;
            svg.finish()?;
        }
        if let Some(mut png) = self.png {
            png.write_all(&drawing.png().map_err(|error| CommandError::Failed(words::of_picture(error)))?)?;
            png.finish()?;
        }
        Ok(())
    }
}

/// With the most origins of a series.
fn drawn(rows: &[Row], args: &BacktestArgs, origins: usize) -> Result<Drawing, CommandError> {
    let bars: Vec<_> = rows.iter().map(|row| Bar { model: row.model, owa: row.owa }).collect();
    let series = rows.iter().map(|row| row.total.series).max().unwrap_or_default();
    Ok(Frame::of(&args.input)?.backtest(&bars, series, args.horizon, u64::try_from(origins).unwrap_or(u64::MAX)))
}
