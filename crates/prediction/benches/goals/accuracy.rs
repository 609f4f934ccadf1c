//! How good forecasts and intervals are, set by set.
//!
//! A set is `<name>.train.csv` and `<name>.test.csv` (`unique_id,ds,y`): every series of the first is forecast from
//! nothing but itself and judged by the second. The series are not part of the project, but for those of `followers`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime};

use crate::Outcome;
use crate::scores::{Points, Scores, average, score_all};
use crate::steps::{BySteps, judge_sets};

/// What a set has to reach.
struct Goal {
    set: &'static str,
    must: f64,
    aim: f64,
    /// OWA of the best other tool that was measured on it.
    best_tool: Option<f64>,
    /// MSIS of the 95 % interval: at most 2 % worse than at commit `431d8d5`, which had one scale for all steps.
    msis: Option<f64>,
    /// Whether its coverage is judged, and its OWA against the best other tool; else both are only printed.
    is_judged: bool,
}

const GOALS: [Goal; 12] = [
    Goal { msis: Some(19.6), ..Goal::old("followers", 0.235, 0.185, 0.221) },
    Goal { msis: Some(19.0), ..Goal::old("m4_weekly", 0.75, 0.69, 0.739) },
    Goal { msis: Some(23.1), ..Goal::old("m4_daily", 1.00, 0.975, 0.986) },
    Goal { msis: Some(18.2), ..Goal::old("wiki", 1.02, 0.95, 1.0) },
    Goal { msis: Some(28.7), ..Goal::old("cumulative", 0.285, 0.24, 0.284) },
    Goal { best_tool: None, ..Goal::old("short", 0.195, 0.19, 1.0) },
    Goal::new("bilibili", 0.853, 0.78, 1.0),
    Goal::new("weekdays_only", 0.621, 0.55, 0.637),
    Goal::new("reddit_short", 0.285, 0.275, 0.289),
    Goal::new("reddit_gap", 1.02, 0.30, 0.280),
    Goal::new("pypi_daily", 0.814, 0.78, 0.797),
    Goal::new("pypi_total", 0.163, 0.15, 0.125),
];
/// Coverage of the 80 % and of the 95 % interval, in percent.
const COVERAGE_80: RangeInclusive<f64> = 75.0..=87.0;
const COVERAGE_95: RangeInclusive<f64> = 90.0..=97.0;
/// The geometric mean, over the sets, of OWA over that of the best other tool.
const AGAINST_THE_BEST: f64 = 1.02;

/// Prints the sets of a folder and says whether all of them reach what they must.
pub(crate) fn measure(folder: &Path) -> Outcome<bool> {
    println!(
        "{:<13} {:>7} {:>7} {:>7} {:>7} {:>9} {:>8} {:>7} {:>7} {:>8} {:>8}",
        "set", "windows", "OWA", "must", "aim", "best tool", "sMAPE", "cov 80", "cov 95", "MSIS 95", "ms each"
    );
    let (mut all_hold, mut logarithms, mut by_steps) = (true, Vec::new(), Vec::new());
    for goal in &GOALS {
        let train = folder.join(format!("{}.train.csv", goal.set));
        if !train.exists() {
            println!("{:<13} not measured: the folder does not hold it", goal.set);
            continue;
        }
        let windows = windows(&read(&train)?, &read(&folder.join(format!("{}.test.csv", goal.set)))?)?;
        let judged = score_all(&windows);
        by_steps.push((goal.set, goal.is_judged && goal.best_tool.is_some(), BySteps::of(&judged)));
        let scores = Scores::mean(&judged.iter().map(|window| window.scores).collect::<Vec<_>>());
        let missed = goal.missed(&scores);
        print_row(goal, windows.len(), &scores, &missed);
        all_hold &= missed.is_empty();
        logarithms.extend(goal.best_tool.filter(|_| goal.is_judged).map(|best| (scores.owa() / best).ln()));
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
    let holds_by_step = judge_sets(&by_steps);
    Ok(all_hold && holds && holds_by_step)
}

impl Goal {
    const fn old(set: &'static str, must: f64, aim: f64, best_tool: f64) -> Self {
        Self { set, must, aim, best_tool: Some(best_tool), msis: None, is_judged: true }
    }

    const fn new(set: &'static str, must: f64, aim: f64, best_tool: f64) -> Self {
        Self { is_judged: false, ..Self::old(set, must, aim, best_tool) }
    }

    /// The names of what is missed.
    fn missed(&self, scores: &Scores) -> Vec<&'static str> {
        let held = [
            ("OWA", scores.owa() <= self.must),
            ("coverage 80", !self.is_judged || COVERAGE_80.contains(&(100.0 * scores.covered_80))),
            ("coverage 95", !self.is_judged || COVERAGE_95.contains(&(100.0 * scores.covered_95))),
            ("MSIS", self.msis.is_none_or(|most| scores.msis <= most)),
        ];
        held.into_iter().filter(|(_, holds)| !holds).map(|(name, _)| name).collect()
    }
}

fn print_row(goal: &Goal, windows: usize, scores: &Scores, missed: &[&str]) {
    let best_tool = goal.best_tool.map_or_else(|| "-".into(), |best| format!("{best:.3}"));
    let verdict = if missed.is_empty() { String::new() } else { format!("  MISSED: {}", missed.join(", ")) };
    println!(
        "{:<13} {windows:>7} {:>7.3} {:>7.3} {:>7.3} {best_tool:>9} {:>8.3} {:>7.1} {:>7.1} {:>8.2} {:>8.0}{verdict}",
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
