//! How long training and answering take.
//!
//! A figure is the quickest of several runs: what the work costs when nothing disturbs it.

use std::hint::black_box;
use std::ops::Range;
use std::thread::scope;
use std::time::Instant;

use atalaya_application::ports::forecaster::{Forecaster, TrainedModel};
use atalaya_domain::forecast::{Level, Period};
use atalaya_prediction::SmartForecaster;
use chrono::{Duration, NaiveDate};

use crate::material::{
    FURTHEST, TREES, TRIED, company, forecast_series, forest, friedman, history, matrix, total_of, train,
};
use crate::{Outcome, python, scikit_learn};

/// Rows of the forests.
const FORESTS: [u16; 2] = [1_000, 10_000];
/// Accounts that are trained on two threads, a hundred on each.
const ACCOUNTS: u64 = 200;
/// Accounts of a large installation.
const ALL_ACCOUNTS: f64 = 10_000.0;

/// What a figure has to be.
enum Goal {
    /// At most so much; what it aims for.
    AtMost(f64, f64),
    AtLeast(f64, f64),
}

/// Prints the figures and says whether all reach what they must.
pub(crate) fn measure() -> Outcome<bool> {
    println!("{:<72} {:>10} {:>10} {:>10}", "speed", "measured", "must", "aim");
    let mut holds = answers()? & joint_answers()?;
    let each = quickest(7, || train(&history(1_000, 7)))?;
    holds &= told("training on 1,000 days, all models, one thread, ms", 1e3 * each, &Goal::AtMost(500.0, 250.0));
    let long = quickest(3, || forecast_series(20_000))?;
    holds &= told("training on a series of 20,000 points, all models, one thread, s", long, &Goal::AtMost(2.0, 1.0));
    let derived = each * ALL_ACCOUNTS / 2.0 / 60.0;
    let hour = Goal::AtMost(60.0, 30.0);
    holds &= told("10,000 accounts of 1,000 days on two cores, from the above, min", derived, &hour);
    let minutes = two_threads()? * ALL_ACCOUNTS / 200.0 / 60.0;
    holds &= told("the same from 200 of them trained on two threads, min", minutes, &hour);
    for rows in FORESTS {
        for tried in TRIED {
            holds &= against_scikit_learn(rows, tried)?;
        }
    }
    Ok(holds)
}

fn told(name: &str, measured: f64, goal: &Goal) -> bool {
    let (holds, must, aim) = match goal {
        Goal::AtMost(must, aim) => (measured <= *must, must, aim),
        Goal::AtLeast(must, aim) => (measured >= *must, must, aim),
    };
    println!("{name:<72} {measured:>10.4} {must:>10} {aim:>10}{}", if holds { "" } else { "  MISSED" });
    holds
}

/// Seconds of the quickest of `runs`.
fn quickest<T, E>(runs: u32, work: impl Fn() -> Result<T, E>) -> Result<f64, E> {
    let mut least = f64::INFINITY;
    for _ in 0..runs {
        let begun = Instant::now();
        black_box(work()?);
        least = least.min(begun.elapsed().as_secs_f64());
    }
    Ok(least)
}

fn answers() -> Outcome<bool> {
    let trained = train(&history(1_000, 7))?;
    let date = trained.model.report().last_date + Duration::days(30);
    let stored = quickest(200, || {
        let model = SmartForecaster::new().open(black_box(&trained.artifact))?;
        Outcome::Ok(predict(model.as_ref(), date))
    })?;
    let remembered = quickest(200, || Outcome::Ok(predict(trained.model.as_ref(), date)))?;
    let from_stored = told("one forecast from a stored model, ms", 1e3 * stored, &Goal::AtMost(5.0, 1.0));
    Ok(told("one forecast from a model in memory, ms", 1e3 * remembered, &Goal::AtMost(0.1, 0.01)) && from_stored)
}

/// What sample paths are made for, from models in memory.
fn joint_answers() -> Outcome<bool> {
    let company = company()?;
    let model = company.first().ok_or("no account")?.as_ref();
    let until = model.report().last_date + FURTHEST;
    let never = 1e3 * quickest(50, || model.goal(black_box(1e9), Some(until)))?;
    let weeks = 1e3 * quickest(50, || model.periods(black_box(until), Period::Week, &Level::DEFAULTS))?;
    let together = 1e3 * quickest(50, || total_of(&company, black_box(until)))?;
    let goal = Goal::AtMost(5.0, 5.0);
    let held = [
        told("a goal that is never reached, over 365 days, ms", never, &goal),
        told("sums and growth of the weeks of 90 days, ms", weeks, &goal),
        told("100 accounts together, 90 days ahead, ms", together, &goal),
    ];
    Ok(held.into_iter().all(|held| held))
}

fn predict(model: &dyn TrainedModel, date: NaiveDate) -> bool {
    model.predict(black_box(date), &Level::DEFAULTS).is_ok()
}

/// Seconds in which two threads train [`ACCOUNTS`] accounts.
fn two_threads() -> Outcome<f64> {
    let work = |seeds: Range<u64>| seeds.map(|seed| train(&history(1_000, seed))).all(|trained| trained.is_ok());
    let begun = Instant::now();
    let all = scope(|threads| {
        let halves = [0..ACCOUNTS / 2, ACCOUNTS / 2..ACCOUNTS].map(|seeds| threads.spawn(move || work(seeds)));
        halves.into_iter().all(|half| half.join().is_ok_and(|good| good))
    });
    if all { Ok(begun.elapsed().as_secs_f64()) } else { Err("an account could not be trained".into()) }
}

/// How many times as fast as scikit-learn a forest is fitted.
fn against_scikit_learn(rows: u16, tried: usize) -> Outcome<bool> {
    let name = format!("forest of {TREES}, {rows} × 15, {tried} inputs a split, times scikit-learn's speed");
    let (x, y) = friedman(rows);
    let matrix = matrix(&x)?;
    let own = quickest(3, || forest(&matrix, &y, tried))?;
    let Some(other) = scikit_learn::forest(&python(), &x, &y, TREES, tried)? else {
        println!("{name}: not measured, no Python with scikit-learn ({:.1} ms here)", 1e3 * own);
        return Ok(true);
    };
    let held = told(&name, other / own, &Goal::AtLeast(4.0, 8.0));
    println!("  {:.1} ms against {:.1} ms", 1e3 * own, 1e3 * other);
    Ok(held)
}
