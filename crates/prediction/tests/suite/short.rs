//! Histories too short to choose by.

use atalaya_application::ports::forecaster::Unobserved;
use atalaya_domain::forecast::Basis;
use atalaya_domain::forecast::{Level, ModelId, Warning};
use atalaya_prediction::{Sequence, SmartForecaster};
use chrono::{Duration, NaiveDate};

use crate::fixtures::{begin, daily, day, noise, normals, observation, plan, train, walk};

#[test]
fn under_forty_points_the_recent_drift_serves_and_the_others_say_why_they_do_not() {
    for points in (8..40).chain([40]) {
        let trained = train(&daily(walk(points, 7, 5_000.0, 12.0, 8.0)), &plan());
        let report = trained.model.report();
        if points == 40 {
            assert!(report.failures.iter().all(|(_, why)| !why.contains("40")), "{:?}", report.failures);
            continue;
        }
        assert_eq!(report.members.iter().map(|member| member.model).collect::<Vec<_>>(), [ModelId::RecentDrift]);
        assert!(report.warnings.contains(&Warning::BaselineServes), "{points}");
        for model in ModelId::ALL.iter().filter(|model| !model.is_baseline() && **model != ModelId::Combination) {
            let (_, why) = report.failures.iter().find(|(failed, _)| failed == model).unwrap();
            assert_eq!(*why, format!("{points} points of history, 40 are needed"));
        }
        assert!(report.scores.iter().all(|score| score.model.is_baseline()));
        assert_eq!(report.scores.len() + report.failures.len(), ModelId::ALL.len() - 1);
    }
}

#[test]
fn twelve_days_are_a_short_history() {
    let trained = train(&daily(walk(12, 8, 5_000.0, 12.0, 8.0)), &plan());
    assert!(trained.model.report().warnings.contains(&Warning::ShortHistory));
}

#[test]
fn the_intervals_of_a_short_history_are_those_of_a_walk() {
    for points in [8, 16, 39] {
        let trained = train(&daily(walk(points, 9, 5_000.0, 12.0, 8.0)), &plan());
        let last = trained.model.report().last_date;
        let widths = |ahead: i64| -> Vec<f64> {
            let forecast = trained.model.predict(last + Duration::days(ahead), &Level::DEFAULTS).unwrap();
            assert_eq!(forecast.basis, Basis::Forecast);
            assert!(forecast.intervals.iter().all(|i| i.lower < forecast.mean && forecast.mean < i.upper));
            forecast.intervals.iter().map(|i| i.upper - i.lower).collect()
        };
        let (near, far) = (widths(1), widths(16));
        // A known drift makes errors grow with the root of the horizon, a guessed one faster.
        assert!(far[0] > 4.0 * near[0] && far[0] < 16.0 * near[0], "{points}: {near:?}, {far:?}");
        assert!(near[1] > near[0] && far[1] > far[0]);
    }
}

#[test]
fn intervals_from_sixteen_days_cover_about_as_often_as_they_say() {
    let (mut inside, mut points) = (0, 0);
    for seed in 0..200 {
        let values = walk(30, 5_000 + seed, 50_000.0, 20.0, 30.0);
        let (known, future) = values.split_at(16);
        let trained = train(&daily(known.iter().copied()), &plan());
        for (truth, date) in future.iter().zip(16..) {
            let forecast = trained.model.predict(day(date), &Level::DEFAULTS).unwrap();
            let interval = forecast.intervals[0];
            inside += u32::from(interval.lower <= *truth && *truth <= interval.upper);
            points += 1;
        }
    }
    let share = f64::from(inside) / f64::from(points);
    assert!((0.70..=0.95).contains(&share), "{share}");
}

#[test]
fn fewer_than_forty_hours_are_not_forecast_by_the_drift_of_their_time_of_day() {
    let begin = NaiveDate::from_ymd_opt(2025, 7, 9).unwrap().and_hms_opt(7, 0, 0).unwrap();
    // Nothing by night, three an hour by day.
    let mut value = 300_000.0;
    let point = |hour: i64| {
        value += if (hour + 7) % 24 < 8 { 0.0 } else { 3.0 };
        (begin + Duration::hours(hour), value)
    };
    let points: Vec<_> = (0..36).map(point).collect();
    let sequence = Sequence::new(&points).unwrap();
    let forecast = SmartForecaster::new().forecast(&sequence, 24, &Level::DEFAULTS, &Unobserved).unwrap();
    assert_eq!(forecast.model, ModelId::Naive);
    assert!(forecast.points.iter().all(|point| (point.mean - value).abs() < 1e-9));
}

/// The first days of an account that hardly moves, as banks' first weeks look: a reading an hour, with some missing, a
/// follower more or less in some of them.
fn first_days(hours: usize, seed: u64, drift: f64) -> Vec<f64> {
    let mut level = 300_000.0;
    let step = |(chance, size): (f64, f64)| {
        level += if chance < -0.1 { (drift + 1.2 * size).round() } else { 0.0 };
        level
    };
    noise(seed).zip(normals(seed + 1)).take(hours).map(step).collect()
}

#[test]
fn the_first_days_of_an_account_are_forecast_no_worse_than_by_the_last_value() {
    let (mut served, mut last_value) = (0.0, 0.0);
    for drift in [0.0, 0.5, 2.0] {
        for seed in 0..24 {
            let values = first_days(84 + 48, 10 * seed, drift);
            let missing = |hour: &usize| (hour * 7_919 + usize::try_from(seed).unwrap()) % 11 == 3;
            let known = (0..84).filter(|hour| !missing(hour) || *hour == 83);
            let at = |hour: usize| begin() + Duration::hours(i64::try_from(hour).unwrap());
            let history: Vec<_> = known.map(|hour| observation(at(hour), values[hour])).collect();
            let trained = train(&history, &plan());
            let report = trained.model.report();
            let naive = report.score_of(ModelId::Naive).unwrap().mae;
            assert!(report.served_score().unwrap().mae <= naive * 1.000_001, "{drift}, {seed}: {report:?}");
            for ahead in 1..=2 {
                let date = report.last_date + Duration::days(ahead);
                let forecast = trained.model.predict(date, &[]).unwrap().mean;
                // The last hour of the date.
                let truth = values[83 + usize::try_from(ahead).unwrap() * 24];
                served += (forecast - truth).abs();
                last_value += (values[83] - truth).abs();
            }
        }
    }
    assert!(served <= last_value, "{served} for {last_value}");
}

#[test]
fn a_reading_every_few_days_tells_the_trend() {
    for every in [2, 3, 5, 7, 9, 10, 14, 15, 21, 28, 31] {
        for readings in [10, 20, 39] {
            let step = 20.0 * f64::from(every);
            let noisy = walk(readings, 40 + u64::try_from(every).unwrap(), 10_000.0, step, 0.3 * step);
            let even = (0..readings).zip(0..).map(|(_, number)| 10_000.0 + step * f64::from(number)).collect();
            for (values, expected) in [(even, 270.0..=290.0), (noisy, 190.0..=370.0)] {
                let values: Vec<f64> = values;
                let history: Vec<_> = (0..)
                    .zip(&values)
                    .map(|(number, value)| observation(begin() + Duration::days(i64::from(every) * number), *value))
                    .collect();
                let trained = train(&history, &plan());
                let date = trained.model.report().last_date + Duration::days(14);
                let gained = trained.model.predict(date, &[]).unwrap().mean - values[readings - 1];
                assert!(expected.contains(&gained), "every {every} days, {readings}: {gained} for 280");
            }
        }
    }
}
