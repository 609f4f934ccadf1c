//! How good forecasts and intervals are, set by set.
//!
//! A set is `<name>.train.csv` and `<name>.test.csv` (`unique_id,ds,y`): every series of the first is forecast from nothing
//! but itself and judged by the second. The series are not part of the project, but for those of `followers`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};

use chrono::{NaiveDate, NaiveTime};

use crate::Outcome;
use crate::scores::{Points, Scores, average};

/// What a set has to reach.
struct Goal {
    set: &'static str,
    must: f64,
    aim: f64,
    /// OWA of the best other tool that was measured on it.
    best_tool: Option<f64>,
    /// MSIS of the 95 % interval.
    msis: Option<f64>,
}

const GOALS: [Goal; 6] = [
    Goal { set: "followers", must: 0.235, aim: 0.215, best_tool: Some(0.221), msis: None },
    Goal { set: "m4_weekly", must: 0.75, aim: 0.70, best_tool: Some(0.739), msis: Some(19.0) },
    Goal { set: "m4_daily", must: 1.00, aim: 0.98, best_tool: Some(0.986), msis: Some(28.6) },
    Goal { set: "wiki", must: 1.02, aim: 0.99, best_tool: Some(1.0), msis: None },
    Goal { set: "cumulative", must: 0.285, aim: 0.26, best_tool: Some(0.284), msis: None },
    Goal { set: "short", must: 0.195, aim: 0.19, best_tool: None, msis: None },
];
/// Coverage of the 80 % and of the 95 % interval, in percent.
const COVERAGE_80: RangeInclusive<f64> = 75.0..=87.0;
const COVERAGE_95: RangeInclusive<f64> = 90.0..=97.0;
/// The geometric mean, over the sets, of OWA over that of the best other tool.
const AGAINST_THE_BEST: f64 = 1.02;

/// Prints the sets of a folder and says whether all of them reach what they must.
pub(crate) fn measure(folder: &Path) -> Outcome<bool> {
    println!(
        "{:<11} {:>7} {:>7} {:>7} {:>7} {:>9} {:>8} {:>7} {:>7} {:>8} {:>8}",
        "set", "windows", "OWA", "must", "aim", "best tool", "sMAPE", "cov 80", "cov 95", "MSIS 95", "ms each"
    );
    let (mut all_hold, mut logarithms) = (true, Vec::new());
    for goal in &GOALS {
        let train = folder.join(format!("{}.train.csv", goal.set));
        if !train.exists() {
            println!("{:<11} not measured: the folder does not hold it", goal.set);
            continue;
        }
        let windows = windows(&read(&train)?, &read(&folder.join(format!("{}.test.csv", goal.set)))?)?;
        let scores = Scores::mean(&score_all(&windows));
        let missed = goal.missed(&scores);
        print_row(goal, windows.len(), &scores, &missed);
        all_hold &= missed.is_empty();
        logarithms.extend(goal.best_tool.map(|best| (scores.owa() / best).ln()));
    }
    if logarithms.is_empty() {
        return Err(format!("no set in {}", folder.display()).into());
    }
    let ratio = average(&logarithms).exp();
    let holds = ratio <= AGAINST_THE_BEST;
    println!(
        "OWA over that of the best other tool, geometric mean of {} sets: {ratio:.3}, must {AGAINST_THE_BEST:.2}, aim \
         below 1.00{}",
        logarithms.len(),
        if holds { "" } else { "  MISSED" }
    );
    Ok(all_hold && holds)
}

impl Goal {
    /// The names of what is missed.
    fn missed(&self, scores: &Scores) -> Vec<&'static str> {
        let held = [
            ("OWA", scores.owa() <= self.must),
            ("coverage 80", COVERAGE_80.contains(&(100.0 * scores.covered_80))),
            ("coverage 95", COVERAGE_95.contains(&(100.0 * scores.covered_95))),
            ("MSIS", self.msis.is_none_or(|most| scores.msis <= most)),
        ];
        held.into_iter().filter(|(_, holds)| !holds).map(|(name, _)| name).collect()
    }
}

fn print_row(goal: &Goal, windows: usize, scores: &Scores, missed: &[&str]) {
    let best_tool = goal.best_tool.map_or_else(|| "-".into(), |best| format!("{best:.3}"));
    let verdict = if missed.is_empty() { String::new() } else { format!("  MISSED: {}", missed.join(", ")) };
    println!(
        "{:<11} {windows:>7} {:>7.3} {:>7.3} {:>7.3} {best_tool:>9} {:>8.3} {:>7.1} {:>7.1} {:>8.2} {:>8.0}{verdict}",
        goal.set,
        scores.owa(),
        goal.must,
        goal.aim,
        scores.smape,
        100.0 * scores.covered_80,
        100.0 * scores.covered_95,
        scores.msis,
        scores.milliseconds,
    );
}

fn read(path: &Path) -> Outcome<BTreeMap<String, Points>> {
    let mut series: BTreeMap<String, Points> = BTreeMap::new();
    for record in csv::Reader::from_path(path)?.into_deserialize::<(String, String, f64)>() {
        let (id, date, value) = record?;
        let date: NaiveDate = date.parse()?;
        series.entry(id).or_default().push((date.and_time(NaiveTime::MIN), value));
    }
    Ok(series)
}

/// The past of each series and the values to come.
fn windows(train: &BTreeMap<String, Points>, test: &BTreeMap<String, Points>) -> Outcome<Vec<(Points, Vec<f64>)>> {
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
            scores.extend(Scores::of(past, truth));
        }
        scores
    };
    scope(|threads| {
        let workers = available_parallelism().map_or(1, usize::from);
        let running: Vec<_> = (0..workers).map(|_| threads.spawn(work)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}
