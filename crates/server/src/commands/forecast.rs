//! `atalaya forecast`: the engine on a file, without a database.

use std::io::Write;

use atalaya_application::AppError;
use atalaya_application::ports::forecaster::{Forecaster, TrainingPlan};
use atalaya_domain::forecast::{GridChoice, Horizon, Interval, Level, MetricWeights, OutOfReach};
use atalaya_pictures::{Ahead, Irregularity, Mark, Pace};
use atalaya_prediction::{SmartForecaster, Step};
use atalaya_web::{Cell, CsvLines};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::digits::Digits;
use super::failures::Tally;
use super::interrupt::Interrupt;
use super::notices::{Notice, Notices};
use super::parallel::in_order;
use super::pictures::{FileNames, Folders, Shown};
use super::progress::FileProgress;
use super::source::{Account, Data, Reading, Source, Task, threads};
use super::together::{Asked, Found};
use super::whole_file::Output;
use super::{CommandError, guarded, refused};
use crate::cli::ForecastArgs;
use crate::series_file::{Measured, TimeForm};
use crate::words::{self, Words};

/// What to ask of each series.
struct Question {
    horizon: Horizon,
    levels: Vec<Level>,
    asked: Asked,
    step: Option<Step>,
    interrupt: Interrupt,
}

/// What was found, to be written and drawn.
struct Forecast {
    shown: Shown,
    notice: Notice,
    form: TimeForm,
    digits: Digits,
    /// In the language of whoever reads the file.
    model: String,
    found: Found,
}

/// A series as far as the writer needs to know it.
struct Done {
    id: String,
    bytes: u64,
    written: Result<(Vec<u8>, Notice), String>,
}

/// Forecasts every series of a file.
pub(crate) fn run(args: &ForecastArgs) -> Result<(), CommandError> {
    let question = Question::new(args)?;
    let source = Source::open(&args.input, Reading::of(&args.input)?)?;
    let pictures = Folders::open(args)?;
    let mut output = Output::open(args.output.as_deref(), &args.input.file)?;
    let names = question.asked.header(&question.levels).unwrap_or_else(|| header(&question.levels));
    output.write_all(&csv_bytes([names].into_iter())?)?;
    let mut names = FileNames::default();
    let tasks = source.tasks.map(|task| task.map(|task| (pictures.is_some().then(|| names.name(&task.id)), task)));
    let mut progress = FileProgress::new(source.bytes);
    let (mut tally, mut notices) = (Tally::default(), Notices::default());
    let work = |(name, task): (Option<String>, Task)| {
        let written = guarded(|| series(&task, &question, pictures.as_ref().zip(name.as_deref())));
        Done { id: task.id, bytes: task.bytes, written }
    };
    let done = |done: Done| {
        question.interrupt.check()?;
        progress.series_done(done.bytes);
        tally.count(&done.id, done.written.as_ref().err().map(String::as_str));
        let (rows, notice) = done.written.unwrap_or_default();
        notices.add(&done.id, &notice);
        Ok(output.write_all(&rows)?)
    };
    in_order(threads(args.input.threads), tasks, work, done)?;
    question.interrupt.check()?;
    drop(progress);
    output.finish()?;
    notices.tell();
    tally.conclude()
}

impl Question {
    fn new(args: &ForecastArgs) -> Result<Self, CommandError> {
        let horizon = horizon(args.horizon)?;
        let levels = args.level.iter().map(|percent| Level::new(*percent)).collect::<Result<_, _>>();
        let levels: Vec<Level> = levels.map_err(|_| refused("cli.argument.level"))?;
        let repeated =
            |(place, level): (usize, &Level)| levels.get(..place).is_some_and(|before| before.contains(level));
        if let Some((_, level)) = levels.iter().enumerate().find(|item| repeated(*item)) {
            return Err(CommandError::Refused(Words::of("cli.argument.level_twice").with("level", level.percent())));
        }
        Ok(Self { horizon, levels, asked: Asked::of(args)?, step: args.input.freq, interrupt: Interrupt::listen()? })
    }
}

/// Steps ahead.
pub(crate) fn horizon(steps: u16) -> Result<Horizon, CommandError> {
    let words = || Words::of("cli.argument.horizon").with("longest", Horizon::LONGEST);
    Horizon::new(steps).map_err(|_| CommandError::Refused(words()))
}

/// Forecasts, writes and draws one series.
fn series(task: &Task, question: &Question, picture: Option<(&Folders, &str)>) -> Result<(Vec<u8>, Notice), String> {
    let forecast = match &task.data {
        Data::Account(account) if grid(question.step).is_some() => of_account(account, question)?,
        data => of_series(data, question)?,
    };
    if let Some((folders, name)) = picture {
        folders.draw(name, &task.id, &forecast.shown, &forecast.notice.warnings)?;
    }
    let rows = match question.asked {
        Asked::Steps => forecast.shown.ahead.iter().map(|ahead| row(&task.id, &forecast, ahead)).collect(),
        Asked::Goal(_) | Asked::Periods(_) => forecast.found.rows(&task.id, forecast.digits, &forecast.model),
    };
    let rows = csv_bytes(rows.into_iter()).map_err(|error| error.in_language(words::language()))?;
    Ok((rows, forecast.notice))
}

fn of_series(data: &Data, question: &Question) -> Result<Forecast, String> {
    let regular = data.regular(question.step)?;
    let sequence = &regular.sequence;
    let steps = usize::from(question.horizon.days());
    let forecast = SmartForecaster::new().forecast(sequence, steps, &question.levels, &question.interrupt);
    let forecast = forecast.map_err(|error| words::of_training(&error).text())?;
    let found = match question.asked {
        Asked::Steps => Found::default(),
        Asked::Goal(target) => Found { goal: Some(forecast.goal(target)), ..Found::default() },
        Asked::Periods(period) => Found { periods: forecast.periods(period, &question.levels), ..Found::default() },
    };
    let ahead = forecast.points.into_iter();
    Ok(Forecast {
        digits: Digits::of(sequence.points().filter_map(|(_, value)| value)),
        shown: Shown {
            history: sequence.points().collect(),
            ahead: ahead.map(|point| Ahead { at: point.at, mean: point.mean, intervals: point.intervals }).collect(),
            measured: data.measured(),
            pace: pace(sequence.step()),
            members: forecast.members,
            irregularities: irregularities(sequence.level_shifts(), sequence.outliers()),
        },
        form: regular.form,
        model: atalaya_texts::model(words::language(), forecast.model),
        found,
        notice: Notice::of(&regular, question.step, forecast.warnings),
    })
}

fn pace(step: Step) -> Pace {
    match step {
        Step::Hours(hours) => Pace::Hours(hours),
        Step::Days(days) => Pace::Days(days),
        Step::Week(_) => Pace::Days(7),
        Step::Months { months, .. } => Pace::Months(months),
    }
}

/// Level shifts with their sizes, and outliers, in order of time.
fn irregularities(shifts: Vec<(NaiveDateTime, f64)>, outliers: Vec<NaiveDateTime>) -> Vec<Mark> {
    let shifts = shifts.into_iter().map(|(at, size)| Mark { at, what: Irregularity::LevelShift(size) });
    let outliers = outliers.into_iter().map(|at| Mark { at, what: Irregularity::Outlier });
    let mut marks: Vec<Mark> = shifts.chain(outliers).collect();
    marks.sort_by_key(|mark| mark.at);
    marks
}

/// The grid of an account that a step asks for, where it is one that the server has.
fn grid(step: Option<Step>) -> Option<GridChoice> {
    match step {
        None => Some(GridChoice::Auto),
        Some(Step::Days(1)) => Some(GridChoice::Day),
        Some(_) => None,
    }
}

/// An account's forecast is that of the server: by day or by hour, with its posts.
fn of_account(account: &Account, question: &Question) -> Result<Forecast, String> {
    let max_horizon_days = question.horizon.days();
    let grid = grid(question.step).unwrap_or_default();
    let plan = TrainingPlan {
        models: Vec::new(),
        weights: MetricWeights::default(),
        grid,
        max_horizon_days,
        covariates: Vec::new(),
    };
    let trained = SmartForecaster::new().train(account.history(), &plan, &question.interrupt);
    let trained = trained.map_err(|error| words::of_training(&error).text())?;
    let report = trained.model.report();
    let ahead = (1..=max_horizon_days).map(|day| {
        let point = trained.model.predict(report.last_date + TimeDelta::days(day.into()), &question.levels)?;
        Ok(Ahead { at: point.date.and_time(NaiveTime::MIN), mean: point.mean, intervals: point.intervals })
    });
    let ahead: Result<_, OutOfReach> = ahead.collect();
    let until = report.last_date + TimeDelta::days(max_horizon_days.into());
    let found = match question.asked {
        Asked::Steps => Ok(Found::default()),
        Asked::Goal(target) => {
            trained.model.goal(target, None).map(|goal| Found { goal: Some(goal), ..Found::default() })
        }
        Asked::Periods(period) => {
            let periods = trained.model.periods(until, period, &question.levels);
            periods.map(|periods| Found { periods, ..Found::default() })
        }
    };
    let at = |date: NaiveDate| date.and_time(NaiveTime::MIN);
    Ok(Forecast {
        shown: Shown {
            history: account.every_day(),
            ahead: ahead.map_err(out_of_reach)?,
            measured: Measured::Followers,
            pace: Pace::Days(1),
            members: report.members.clone(),
            irregularities: irregularities(
                report.level_shifts.iter().map(|shift| (at(shift.date), shift.size)).collect(),
                report.outliers.iter().map(|outlier| at(outlier.date)).collect(),
            ),
        },
        form: TimeForm::DATE,
        digits: Digits::FEWEST,
        model: atalaya_texts::model(words::language(), report.served),
        found: found.map_err(out_of_reach)?,
        notice: Notice { warnings: report.warnings.clone(), replaced: account.replaced(), ..Notice::default() },
    })
}

fn out_of_reach(error: OutOfReach) -> String {
    words::of_reach(error).text()
}

fn header(levels: &[Level]) -> Vec<Cell> {
    let bounds = levels.iter().flat_map(|level| ["lo", "hi"].map(|side| format!("{side}-{}", level.percent())));
    let names = ["unique_id", "ds", "mean"].map(str::to_owned);
    names.into_iter().chain(bounds).chain(["model".to_owned()]).map(|name| Cell::text(&name)).collect()
}

fn row(id: &str, forecast: &Forecast, ahead: &Ahead) -> Vec<Cell> {
    let bounds = ahead.intervals.iter().flat_map(|Interval { lower, upper, .. }| [*lower, *upper]);
    let numbers = [ahead.mean].into_iter().chain(bounds).map(|number| forecast.digits.cell(number));
    let names = [Cell::text(id), Cell::text(&forecast.form.write(ahead.at))];
    names.into_iter().chain(numbers).chain([Cell::text(&forecast.model)]).collect()
}

fn csv_bytes(rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, CommandError> {
    let mut lines = CsvLines::default();
    for row in rows {
        lines.line(row).map_err(AppError::internal)?;
    }
    Ok(lines.into_bytes().map_err(AppError::internal)?)
}
