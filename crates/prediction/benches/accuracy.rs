//! `make bench-forecast`: the forecast engine against the goals that the project has set itself, set by set.
//!
//! Reads `<set>.train.csv` and `<set>.test.csv` (`unique_id,ds,y`) from a folder, forecasts every series of the first from
//! nothing but itself, and scores it against the second as the M4 competition does with m = 1 (Makridakis et al. 2020):
//! sMAPE in percent, MASE scaled by the one-step changes of the training part, OWA relative to the last value. Fails
//! when a set misses a goal. The series are not part of the project, but for those of `followers`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};
use std::time::Instant;

use atalaya_application::ports::forecaster::Unobserved;
use atalaya_domain::forecast::Level;
use atalaya_prediction::{Sequence, SmartForecaster};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// What a set has to reach: OWA, and what it aims for; MSIS of the 95 % interval where a goal is set.
struct Goal {
    set: &'static str,
    must: f64,
    aim: f64,
    msis: Option<f64>,
}

const GOALS: [Goal; 6] = [
    Goal { set: "followers", must: 0.235, aim: 0.215, msis: None },
    Goal { set: "m4_weekly", must: 0.75, aim: 0.70, msis: Some(19.0) },
    Goal { set: "m4_daily", must: 1.00, aim: 0.98, msis: Some(28.6) },
    Goal { set: "wiki", must: 1.02, aim: 0.99, msis: None },
    Goal { set: "cumulative", must: 0.285, aim: 0.26, msis: None },
    Goal { set: "short", must: 0.195, aim: 0.19, msis: None },
];
/// Coverage of the 80 % and of the 95 % interval, in percent.
const COVERAGE_80: std::ops::RangeInclusive<f64> = 75.0..=87.0;
const COVERAGE_95: std::ops::RangeInclusive<f64> = 90.0..=97.0;

type Points = Vec<(NaiveDateTime, f64)>;

/// The scores of one window, or their means.
#[derive(Default, Clone, Copy)]
struct Scores {
    smape: f64,
    mase: f64,
    naive_smape: f64,
    naive_mase: f64,
    covered_80: f64,
    covered_95: f64,
    msis: f64,
    milliseconds: f64,
}

fn main() -> ExitCode {
    // cargo bench adds flags of its own.
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) else {
        eprintln!("which folder? It holds <set>.train.csv and <set>.test.csv");
        return ExitCode::FAILURE;
    };
    match run(Path::new(&folder)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> Result<bool, Box<dyn Error>> {
    println!(
        "{:<11} {:>7} {:>7} {:>7} {:>6} {:>8} {:>7} {:>7} {:>8} {:>8}  ",
        "set", "windows", "OWA", "must", "aim", "sMAPE", "cov 80", "cov 95", "MSIS 95", "ms each"
    );
    let (mut all_hold, mut found) = (true, false);
    for goal in &GOALS {
        let train = folder.join(format!("{}.train.csv", goal.set));
        if !train.exists() {
            continue;
        }
        found = true;
        let windows = windows(&read(&train)?, &read(&folder.join(format!("{}.test.csv", goal.set)))?)?;
        let scores = mean(&score_all(&windows));
        let owa = 0.5 * (scores.smape / scores.naive_smape + scores.mase / scores.naive_mase);
        let holds = owa <= goal.must
            && COVERAGE_80.contains(&(100.0 * scores.covered_80))
            && COVERAGE_95.contains(&(100.0 * scores.covered_95))
            && goal.msis.is_none_or(|most| scores.msis <= most);
        println!(
            "{:<11} {:>7} {:>7.3} {:>7.3} {:>6.3} {:>8.3} {:>7.1} {:>7.1} {:>8.2} {:>8.0}  {}",
            goal.set,
            windows.len(),
            owa,
            goal.must,
            goal.aim,
            scores.smape,
            100.0 * scores.covered_80,
            100.0 * scores.covered_95,
            scores.msis,
            scores.milliseconds,
            if holds { "" } else { "MISSED" }
        );
        all_hold &= holds;
    }
    if found { Ok(all_hold) } else { Err("no set in that folder".into()) }
}

fn read(path: &Path) -> Result<BTreeMap<String, Points>, Box<dyn Error>> {
    let mut series: BTreeMap<String, Points> = BTreeMap::new();
    for record in csv::Reader::from_path(path)?.into_deserialize::<(String, String, f64)>() {
        let (id, date, value) = record?;
        let date: NaiveDate = date.parse()?;
        series.entry(id).or_default().push((date.and_time(NaiveTime::MIN), value));
    }
    Ok(series)
}

fn windows(
    train: &BTreeMap<String, Points>,
    test: &BTreeMap<String, Points>,
) -> Result<Vec<(Points, Vec<f64>)>, Box<dyn Error>> {
    let window = |(id, past): (&String, &Points)| {
        let ahead = test.get(id).ok_or_else(|| format!("{id} has no test window"))?;
        Ok((past.clone(), ahead.iter().map(|(_, value)| *value).collect()))
    };
    train.iter().map(window).collect()
}

fn score_all(windows: &[(Points, Vec<f64>)]) -> Vec<Scores> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut scores = Vec::new();
        while let Some((past, truth)) = windows.get(next.fetch_add(1, Ordering::Relaxed)) {
            scores.extend(score(past, truth));
        }
        scores
    };
    scope(|threads| {
        let workers = available_parallelism().map_or(1, usize::from);
        let running: Vec<_> = (0..workers).map(|_| threads.spawn(work)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}

fn score(past: &Points, truth: &[f64]) -> Option<Scores> {
    let begun = Instant::now();
    let sequence = Sequence::new(past).ok()?;
    let forecast = SmartForecaster::new().forecast(&sequence, truth.len(), &Level::DEFAULTS, &Unobserved).ok()?;
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    let changes: Vec<f64> = past.windows(2).filter_map(|pair| Some((pair.last()?.1 - pair.first()?.1).abs())).collect();
    let scale = average(&changes);
    let last = past.last()?.1;
    let means: Vec<f64> = forecast.points.iter().map(|point| point.mean).collect();
    let naive = vec![last; truth.len()];
    let inside = |place: usize| {
        let held = forecast.points.iter().zip(truth).map(|(point, truth)| {
            let interval = point.intervals.get(place);
            f64::from(u8::from(interval.is_some_and(|interval| (interval.lower..=interval.upper).contains(truth))))
        });
        average(&held.collect::<Vec<_>>())
    };
    let interval_score = forecast.points.iter().zip(truth).filter_map(|(point, truth)| {
        let interval = point.intervals.get(1)?;
        let outside = (interval.lower - truth).max(0.0) + (truth - interval.upper).max(0.0);
        Some((interval.upper - interval.lower + 40.0 * outside) / scale)
    });
    Some(Scores {
        smape: smape(truth, &means),
        mase: mean_error(truth, &means) / scale,
        naive_smape: smape(truth, &naive),
        naive_mase: mean_error(truth, &naive) / scale,
        covered_80: inside(0),
        covered_95: inside(1),
        msis: average(&interval_score.collect::<Vec<_>>()),
        milliseconds,
    })
}

fn mean(scores: &[Scores]) -> Scores {
    let of = |pick: fn(&Scores) -> f64| average(&scores.iter().map(pick).collect::<Vec<_>>());
    Scores {
        smape: of(|score| score.smape),
        mase: of(|score| score.mase),
        naive_smape: of(|score| score.naive_smape),
        naive_mase: of(|score| score.naive_mase),
        covered_80: of(|score| score.covered_80),
        covered_95: of(|score| score.covered_95),
        msis: of(|score| score.msis),
        milliseconds: of(|score| score.milliseconds),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of series and points, far below 2^53")]
fn average(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn mean_error(truth: &[f64], forecast: &[f64]) -> f64 {
    average(&truth.iter().zip(forecast).map(|(truth, forecast)| (truth - forecast).abs()).collect::<Vec<_>>())
}

fn smape(truth: &[f64], forecast: &[f64]) -> f64 {
    let term = |(truth, forecast): (&f64, &f64)| {
        let size = truth.abs() + forecast.abs();
        if size > 0.0 { 200.0 * (truth - forecast).abs() / size } else { 0.0 }
    };
    average(&truth.iter().zip(forecast).map(term).collect::<Vec<_>>())
}
