//! Histories too short to choose by.

use atalaya_application::ports::forecaster::Unobserved;
use atalaya_domain::forecast::Basis;
use atalaya_domain::forecast::{Level, ModelId, Warning};
use atalaya_prediction::{Sequence, SmartForecaster};
use chrono::{Duration, NaiveDate};

use crate::fixtures::{daily, day, plan, train, walk};

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
