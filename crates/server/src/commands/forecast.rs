//! `atalaya forecast`: the engine on a file, without a database.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};

use atalaya_application::AppError;
use atalaya_application::ports::forecaster::{Forecaster, History, TrainingPlan, Unobserved};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::company::parse_time_zone;
use atalaya_domain::forecast::{Horizon, Level, MetricWeights, PointForecast};
use atalaya_domain::observation::Observation;
use atalaya_prediction::SmartForecaster;
use atalaya_web::observations::csv as account_csv;
use chrono::TimeDelta;
use chrono_tz::Tz;

use super::progress::Progress;
use super::{CommandError, file_error};
use crate::cli::ForecastArgs;

/// A named history.
struct Series {
    id: String,
    observations: Vec<Observation>,
}

/// What a series came to: a row a day, or why there is none.
type Outcome = Result<(Vec<PointForecast>, &'static str), String>;

/// Forecasts every series of a file.
pub(crate) fn run(args: &ForecastArgs) -> Result<(), CommandError> {
    let horizon = Horizon::new(args.horizon).map_err(|error| CommandError::Said(format!("--horizon: {error}")))?;
    let levels = args.level.iter().map(|percent| Level::new(*percent)).collect::<Result<Vec<_>, _>>();
    let levels = levels.map_err(|error| CommandError::Said(format!("--level: {error}")))?;
    let zone = parse_time_zone(&args.time_zone)?;
    let text = fs::read_to_string(&args.file).map_err(file_error(&args.file))?;
    let series = read(&text, &args.file, zone)?;
    let outcomes = forecast_all(&series, horizon, &levels, zone);
    let written = write(&series, &outcomes, &levels)?;
    match &args.output {
        Some(path) => fs::write(path, written).map_err(file_error(path))?,
        None => io::stdout().write_all(&written)?,
    }
    let failures: Vec<String> = series
        .iter()
        .zip(&outcomes)
        .filter_map(|(series, outcome)| outcome.as_ref().err().map(|reason| format!("{}: {reason}", series.id)))
        .collect();
    match failures.first() {
        None => Ok(()),
        Some(first) => {
            Err(CommandError::Said(format!("{} of {} series failed; {first}", failures.len(), series.len())))
        }
    }
}

/// Reads `unique_id,ds,y`, or one account's file whose series is named after the file.
fn read(text: &str, path: &Path, zone: Tz) -> Result<Vec<Series>, CommandError> {
    let header = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().to_lowercase();
    if header.split(',').any(|name| name.trim() == "unique_id") {
        return read_long(text, zone);
    }
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("series");
    let named = account_in(text).unwrap_or_else(|| stem.to_owned());
    let handle = AccountHandle::parse(&named).or_else(|_| AccountHandle::parse("series"));
    let handle = handle.map_err(super::named("account's handle"))?;
    let owner = account_csv::Owner { handle: &handle, time_zone: zone };
    let rows = account_csv::read(text.as_bytes(), owner).map_err(AppError::Invalid)?;
    let mut observations: Vec<Observation> = rows.into_iter().map(|row| row.observation).collect();
    sort(&mut observations);
    Ok(vec![Series { id: stem.to_owned(), observations }])
}

/// The account that the rows of an older file name.
fn account_in(text: &str) -> Option<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let column = reader.headers().ok()?.iter().position(|name| name.trim().eq_ignore_ascii_case("usuario"))?;
    let record = reader.records().next()?.ok()?;
    record.get(column).map(|handle| handle.trim().to_owned())
}

fn read_long(text: &str, zone: Tz) -> Result<Vec<Series>, CommandError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let malformed = |line: u64, what: &str| CommandError::Said(format!("line {line}: {what}"));
    let headers = reader.headers().map_err(|error| CommandError::Said(error.to_string()))?.clone();
    let column = |name: &str| {
        let place = headers.iter().position(|header| header == name);
        place.ok_or_else(|| malformed(1, &format!("the column {name} is missing; the header is unique_id,ds,y")))
    };
    let (id, ds, y) = (column("unique_id")?, column("ds")?, column("y")?);
    let mut by_id: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| CommandError::Said(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |index: usize| record.get(index).unwrap_or_default();
        let at = atalaya_web::observations::moment(cell(ds), zone);
        let at = at.ok_or_else(|| malformed(line, "ds is no date or time that exists"))?;
        let followers = account_csv::count(cell(y));
        let followers = followers.ok_or_else(|| malformed(line, "y is no whole number of followers"))?;
        let observation = Observation { at, followers, posts: None, following: None };
        by_id.entry(cell(id).to_owned()).or_default().push(observation);
    }
    let series = |(id, mut observations): (String, Vec<Observation>)| {
        sort(&mut observations);
        Series { id, observations }
    };
    Ok(by_id.into_iter().map(series).collect())
}

fn sort(observations: &mut Vec<Observation>) {
    observations.sort_by_key(|observation| observation.at);
    observations.dedup_by_key(|observation| observation.at);
}

/// Every series once, on all cores; the order of the outcomes is that of the series.
fn forecast_all(series: &[Series], horizon: Horizon, levels: &[Level], zone: Tz) -> Vec<Outcome> {
    let progress = Progress::new(series.len());
    let next = AtomicUsize::new(0);
    let workers = available_parallelism().map_or(1, usize::from).min(series.len().max(1));
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(series) = series.get(index) else { return done };
            done.push((index, forecast(series, horizon, levels, zone)));
            progress.piece_done();
        }
    };
    let mut outcomes: Vec<(usize, Outcome)> = scope(|threads| {
        let running: Vec<_> = (0..workers).map(|_| threads.spawn(work)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn forecast(series: &Series, horizon: Horizon, levels: &[Level], time_zone: Tz) -> Outcome {
    let history = History { observations: &series.observations, time_zone };
    let plan = TrainingPlan { models: Vec::new(), weights: MetricWeights::default(), max_horizon_days: horizon.days() };
    let trained = SmartForecaster::new().train(history, &plan, &Unobserved).map_err(|error| error.to_string())?;
    let report = trained.model.report();
    let days = (1..=horizon.days()).map(|day| report.last_date + TimeDelta::days(i64::from(day)));
    let path = days.map(|date| trained.model.predict(date, levels)).collect::<Result<Vec<_>, _>>();
    Ok((path.map_err(|error| error.to_string())?, report.served.name()))
}

fn write(series: &[Series], outcomes: &[Outcome], levels: &[Level]) -> Result<Vec<u8>, CommandError> {
    let said = |error: csv::Error| CommandError::Said(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["unique_id".to_owned(), "ds".to_owned(), "mean".to_owned()];
    for level in levels {
        header.push(format!("lo-{}", level.percent()));
        header.push(format!("hi-{}", level.percent()));
    }
    header.push("model".to_owned());
    writer.write_record(&header).map_err(said)?;
    for (series, outcome) in series.iter().zip(outcomes) {
        let Ok((path, model)) = outcome else { continue };
        for point in path {
            let mut row = vec![series.id.clone(), point.date.to_string(), format!("{:.3}", point.mean)];
            for interval in &point.intervals {
                row.push(format!("{:.3}", interval.lower));
                row.push(format!("{:.3}", interval.upper));
            }
            row.push((*model).to_owned());
            writer.write_record(&row).map_err(said)?;
        }
    }
    writer.into_inner().map_err(|error| CommandError::Stream(error.into_error()))
}
