//! What the end of a history leaves in doubt widens its intervals: a long gap, a jump that nothing confirmed, readings
//! that are no more exact than their last digit.

use atalaya_application::ports::forecaster::Trained;
use atalaya_domain::forecast::{Interval, Level, PointForecast, Warning};
use atalaya_domain::observation::Observation;
use atalaya_prediction::Sequence;
use chrono::{Duration, NaiveDateTime, TimeDelta};

use crate::fixtures::{account, begin, daily, hourly, normals, observation, plan, train, walk};
use crate::sequences::{forecast, start};

/// The 80 and the 95 % interval so many days ahead, and how many are expected.
fn answer(trained: &Trained, ahead: i64) -> ([Interval; 2], f64) {
    let date = trained.model.report().last_date + Duration::days(ahead);
    match trained.model.predict(date, &Level::DEFAULTS) {
        Ok(PointForecast { intervals, mean, .. }) => {
            let [inner, outer] = intervals.as_slice() else { panic!("two levels were asked for") };
            ([*inner, *outer], mean)
        }
        Err(error) => panic!("{error:?}"),
    }
}

fn intervals(history: &[Observation], ahead: i64) -> [Interval; 2] {
    answer(&train(history, &plan()), ahead).0
}

fn width(interval: &Interval) -> f64 {
    interval.upper - interval.lower
}

/// Days of which those before the last `readings` are missing.
fn with_gap(values: &[f64], missing: usize, readings: usize) -> Vec<Observation> {
    let end = values.len() - readings;
    let known = daily(values.iter().copied()).into_iter().zip(0..);
    known.filter(|(_, day)| !(end - missing..end).contains(day)).map(|(observation, _)| observation).collect()
}

#[test]
fn after_a_long_gap_an_interval_is_as_wide_as_if_its_horizon_began_before_it() {
    for (seed, missing) in [(1, 9_usize), (2, 12), (3, 20)] {
        let values = account(200, seed);
        let beyond = i64::try_from(missing).unwrap() + 1;
        let before = &values[..199 - missing];
        for ahead in [1, 3, 7] {
            let said = intervals(&with_gap(&values, missing, 1), ahead);
            let from_before = intervals(&daily(before.iter().copied()), ahead + beyond);
            for (said, from_before) in said.iter().zip(&from_before) {
                let ratio = width(said) / width(from_before);
                assert!((0.7..1.5).contains(&ratio), "{missing} missing, {ahead} ahead: {said:?}, {from_before:?}");
            }
        }
    }
}

#[test]
fn intervals_after_a_long_gap_narrow_as_readings_follow() {
    let values = walk(300, 5, 50_000.0, 20.0, 60.0);
    let widths: Vec<f64> = (1..=4).map(|readings| width(&intervals(&with_gap(&values, 10, readings), 1)[0])).collect();
    assert!(widths.is_sorted_by(|wide, narrow| wide > narrow), "{widths:?}");
    let whole = width(&intervals(&daily(values), 1)[0]);
    assert!(widths[0] > 2.0 * whole && widths[3] < 1.5 * whole, "{widths:?}, {whole}");
}

#[test]
fn readings_nine_days_apart_are_no_gap_that_nobody_expected() {
    let history: Vec<Observation> = (0..)
        .zip(walk(60, 5, 5_000.0, 180.0, 12.0))
        .map(|(number, value)| observation(begin() + Duration::days(9 * number), value))
        .collect();
    let [inner, _] = intervals(&history, 9);
    assert!((10.0..80.0).contains(&width(&inner)), "{inner:?}");
}

#[test]
fn no_interval_is_narrower_than_readings_are_exact() {
    // The first value, the change a day, and what each seventh day has besides.
    for (from, slope, bump) in [(0, 0, 0), (1_234, 0, 0), (1_000, 10, 0), (90_000, -25, 0), (1_000, 5, 40)] {
        for days in [8, 30, 60, 200] {
            let value = |day: i32| f64::from(from + slope * day + if day % 7 == 0 { bump } else { 0 });
            let trained = train(&daily((0..days).map(value)), &plan());
            for ahead in [1, 2, 7, 14, 90] {
                let (intervals, mean) = answer(&trained, ahead);
                for interval in intervals {
                    let (below, above) = (mean - interval.lower, interval.upper - mean);
                    // Nobody has fewer followers than none.
                    let enough = above >= 1.0 - 1e-6 && below >= mean.min(1.0) - 1e-6;
                    assert!(enough, "{days} days from {from} by {slope}: {interval:?} around {mean}");
                }
            }
        }
    }
}

#[test]
fn an_exact_line_of_decimals_is_as_exact_as_its_last_digit() {
    let points: Vec<(NaiveDateTime, f64)> =
        (0..100).map(|day| (start() + TimeDelta::days(day.into()), 2.5 + 0.25 * f64::from(day))).collect();
    let forecast = forecast(&Sequence::new(&points).unwrap(), 14);
    for point in &forecast.points {
        for interval in &point.intervals {
            assert!((0.02..0.5).contains(&width(interval)), "{point:?}");
        }
    }
}

/// Histories of 120 points that a jump may follow, each with its usual change.
fn histories() -> Vec<(&'static str, Vec<f64>, f64)> {
    let noise: Vec<f64> = normals(3).take(120).collect();
    let from = |value: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
        (0..120).zip(&noise).map(|(day, noise)| value(f64::from(day), *noise).round()).collect()
    };
    vec![
        ("flat", vec![1_000.0; 120], 0.0),
        ("linear", from(&|day, _| 1_000.0 + 10.0 * day), 10.0),
        ("mostly still", from(&|day, _| 2_000.0 + (day / 9.0).floor()), 0.0),
        ("trend and noise", from(&|day, noise| 5_000.0 + 8.0 * day + 12.0 * noise), 8.0),
        ("walk", walk(120, 4, 50_000.0, 20.0, 15.0), 20.0),
        ("large", account(120, 5), 60.0),
    ]
}

#[test]
fn an_interval_reaches_over_both_readings_of_an_unconfirmed_jump_and_narrows_as_days_confirm_it() {
    for (name, values, pace) in histories() {
        let last = values[119];
        for factor in [0.5, 0.93, 1.25, 2.0] {
            let jumped = |days: i32| -> Vec<f64> {
                let level = |day: i32| (last * factor + pace * f64::from(day)).round();
                values.iter().copied().chain((0..days).map(level)).collect()
            };
            let told = |days: i32| {
                let trained = train(&daily(jumped(days)), &plan());
                let warned = trained.model.report().warnings.contains(&Warning::UnconfirmedJump);
                let ([inner, outer], _) = answer(&trained, 1);
                (warned, inner, outer)
            };
            let (warned, inner, outer) = told(1);
            assert!(warned, "{name} times {factor}");
            for interval in [inner, outer] {
                let (low, high) = (last.min(last * factor), last.max(last * factor));
                assert!(interval.lower <= low && interval.upper >= high, "{name} times {factor}: {interval:?}");
            }
            let widths: Vec<f64> = (1..=4).map(|days| width(&told(days).1)).collect();
            assert!(widths.is_sorted_by(|wide, narrow| wide > narrow), "{name} times {factor}: {widths:?}");
            assert!(!told(4).0, "{name} times {factor}");
        }
    }
}

#[test]
fn a_jump_of_hours_is_doubted_as_one_of_days_is() {
    let values: Vec<f64> = normals(9).take(200).map(|noise| 8_000.0 + 3.0 * noise).chain([11_000.0]).collect();
    let trained = train(&hourly(values.iter().copied()), &plan());
    assert!(trained.model.report().warnings.contains(&Warning::UnconfirmedJump));
    let ([interval, _], _) = answer(&trained, 1);
    assert!(interval.lower <= values[199] && interval.upper >= values[200], "{interval:?}");
}
